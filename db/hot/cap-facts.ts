import type { Channel } from '../../flow/channels/channel.ts'
import type { MemberFacts } from '../../flow/facts.ts'
import type { Tx } from '../pool.ts'

type Send = MemberFacts['sends'][number]

export interface CapsWanted {
  members: number[]
  /** In ms. */
  lookBack: number
  /** Enrollments that are about to be decided on. */
  deciding: number[]
}

interface Row {
  id: number
  member: number
  at: Date
  channel: Channel
  topic: string | null
  waiting: number | null
}

/** A message counts from when it was handed over, one that waits from when it was tried or written. */
const AT = 'coalesce(sent_at, granted_at, created_at)'
const COLUMNS = `id, member, channel, topic, ${AT} at, case when status = 'pending' then enrollment end waiting`
/** A little more than what the grant notes as late. */
const LATE = `interval '72 hours'`

/**
 * Marketing messages of these members that left within the last `lookBack` ms, or wait to. What a walk carries may leave
 * at any moment until it has reported, so it counts as leaving now, however long ago it was written; what rests is
 * decided on again first. So a cap holds for the day on which messages leave, not for the one on which they were claimed.
 */
export async function capFacts(
  tx: Tx,
  { members, lookBack, deciding }: CapsWanted,
): Promise<Map<number, Send[]>> {
  const rows = await tx.rows<Row>(
    `with span as materialized (select now() - $2 * interval '1 millisecond' begins)
     select ${COLUMNS} from message
     where member = any($1::bigint[]) and created_at > (select begins - ${LATE} from span) and counted and status <> 'failed'
     union all
     select ${COLUMNS} from message
     where member = any($1::bigint[]) and late and coalesce(sent_at, granted_at) > (select begins from span)
       and created_at <= (select begins - ${LATE} from span) and counted and status <> 'failed'
     union all
     select m.id, m.member, m.channel, m.topic, now(), null from enrollment e join message m on m.enrollment = e.id
     where e.member = any($1::bigint[]) and e.state <> 'ended' and m.counted
       and (m.status = 'sending' or (m.status = 'pending' and e.walk is not null and e.id <> all($3::bigint[])))
     union all
     select id, member, channel, topic, now(), null from message
     where member = any($1::bigint[]) and resend and status in ('pending', 'sending') and counted`,
    [members, lookBack, deciding],
    'cap-facts',
  )
  // Of one that is both written lately and on its way, the second counts.
  const latest = new Map(rows.map((row) => [row.id, row]))
  const sends = new Map<number, Send[]>()
  for (const [member, own] of Map.groupBy(latest.values(), (row) => row.member))
    sends.set(member, own.map(sendOf))
  return sends
}

function sendOf({ at, channel, topic, waiting }: Row): Send {
  return { at: at.getTime(), channel, topic, ...(waiting !== null && { waiting }) }
}
