import { dayNamed, nextOccurrence } from '../../flow/occurrence.ts'
import type { Reason } from '../../flow/reason.ts'
import { nowOf } from '../clock.ts'
import type { Memory } from '../memory.ts'
import { dateClock, datesOf } from '../occurrences.ts'
import type { Tx } from '../pool.ts'
import type { OutsideOf } from './outside.ts'

export async function whyNotByDate(
  tx: Tx,
  memory: Memory,
  { version, member, trigger }: OutsideOf<'date'>,
): Promise<Reason> {
  const { attribute } = trigger
  const clock = await dateClock(tx, memory, version.id)
  const [dated] = clock ? await datesOf(tx, clock, [member]) : []
  const zone = dated?.zone ?? clock?.zone ?? 'UTC'
  const day = dayNamed(dated?.value, zone)
  if (day === undefined) return { code: 'no-date', args: { attribute } }
  const [missed] = await tx.rows<{ at: Date }>(
    `select due_at at from occurrence where flow = $1 and member = $2 and state = 'late' order by due_at desc limit 1`,
    [version.flow, member],
  )
  if (missed) return { code: 'date-missed', args: { attribute, at: missed.at.getTime(), zone } }
  const next = nextOccurrence(trigger, { day, zone, after: await nowOf(tx) })
  return next
    ? { code: 'next-date', args: { attribute, at: next.at, zone } }
    : { code: 'date-over', args: { attribute } }
}
