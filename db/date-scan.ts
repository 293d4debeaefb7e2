import { dateKeys, daysBetween, isoDay, type DateRule } from '../flow/occurrence.ts'
import type { Memory } from './memory.ts'
import { AHEAD, dateClock, keepReturns, returnsOf, type DateClock, type Dated } from './occurrences.ts'
import type { Tx } from './pool.ts'
import { moveWatch, type HeldWatch } from './watches.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const PAGE = 1_000

/**
 * One page of the hourly look for dates that return soon. It begins now, since a date that was only just written to be
 * earlier today has passed; after a time when nothing ran, where the last look ended.
 */
export async function lookAtDates(tx: Tx, memory: Memory, watch: HeldWatch): Promise<boolean> {
  const clock = await dateClock(tx, memory, watch.version)
  if (!clock) return false
  const from = Math.min(watch.seen_until.getTime(), watch.now.getTime())
  const until = watch.round_at.getTime() + AHEAD
  const members = await withReturns(tx, clock, { after: watch.cursor, from, until })
  await keepReturns(
    tx,
    watch.flow,
    members.flatMap((member) => returnsOf(member, clock, { from, until })),
  )
  const last = members.at(-1)
  if (last && members.length === PAGE) return moveWatch(tx, watch, { cursor: last.id })
  return moveWatch(tx, watch, { next: new Date(watch.round_at.getTime() + HOUR), seenUntil: new Date(until) })
}

/** Members whose date may return in this time, going by the date as it is written; locked, as for all that is about them. */
async function withReturns(
  tx: Tx,
  { trigger }: DateClock,
  { after, from, until }: { after: number; from: number; until: number },
): Promise<Dated[]> {
  const { begins, length, texts } = written(trigger, daysBetween(trigger, from, until))
  return tx.rows<Dated>(
    `select id, attributes #> $2::text[] value, time_zone zone from member
     where id > $1 and erased_at is null and substr(attributes #>> $2::text[], $3, $4) = any($5::text[])
     order by id limit $6 for no key update`,
    [after, dateKeys(trigger.attribute), begins, length, texts, PAGE],
    'members-with-returns',
  )
}

/**
 * Where to look in the text of a date and what for: `03-01` in those that return each year. An instant may be written two
 * days off the day that the member's clock shows.
 */
function written({ repeat }: DateRule, days: number[]): { begins: number; length: number; texts: string[] } {
  const wide = days.flatMap((day) => [-2, -1, 0, 1, 2].map((off) => isoDay(day + off * DAY)))
  if (repeat === 'never') return { begins: 1, length: 10, texts: [...new Set(wide)] }
  const returns = new Set(wide.map((day) => day.slice(5)))
  if (returns.has('02-28')) returns.add('02-29')
  return { begins: 6, length: 5, texts: [...returns] }
}
