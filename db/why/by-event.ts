import type { Reason } from '../../flow/reason.ts'
import { atTheDoor } from '../enter.ts'
import type { Memory } from '../memory.ts'
import type { Tx } from '../pool.ts'
import type { OutsideOf } from './outside.ts'

/** By their last event of the trigger's type. */
export async function whyNotByEvent(
  tx: Tx,
  memory: Memory,
  { version, member, trigger }: OutsideOf<'event'>,
): Promise<Reason> {
  const { event, where } = trigger
  const [seen] = await tx.rows<Seen>(
    `select e.id, e.external_id, e.at, e.data, e.received_at < v.published_at before
     from event e join flow_version v on v.id = $3
     where e.member = $1 and e.type = $2 order by e.id desc limit 1`,
    [member, event, version.id],
  )
  if (!seen) return { code: 'no-event', args: { event } }
  if (seen.before) return { code: 'event-before-publish', args: { event } }
  if (!where) return { code: 'event-did-not-match', args: { event } }
  const entry = { id: seen.external_id, type: event, at: seen.at.getTime(), data: seen.data }
  const entrants = [{ member, seq: seen.id, entry }]
  const [verdict] = (await atTheDoor(tx, memory, { version, where, entrants })).values()
  if (verdict?.truth) return { code: 'event-matches-now', args: { event } }
  return { code: 'event-did-not-match', args: { event, because: verdict?.because } }
}

interface Seen {
  id: number
  external_id: string
  at: Date
  data: Record<string, unknown>
  before: boolean
}
