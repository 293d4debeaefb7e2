import { dateKeys, dayNamed, isoDay, nextOccurrence, type Occurrence } from '../flow/occurrence.ts'
import type { PlanTrigger } from '../flow/plan.ts'
import { triggerOf } from '../flow/trigger-of.ts'
import type { Memory } from './memory.ts'
import type { Tx } from './pool.ts'

const HOUR = 3_600_000
/** How far ahead moments are kept: much further than two looks lie apart, so that a look may fail. */
export const AHEAD = 48 * HOUR

type DateTrigger = Extract<PlanTrigger, { by: 'date' }>

/** The date trigger of a version, and the clock of members who have none of their own. */
export interface DateClock {
  trigger: DateTrigger
  zone: string
}

/** A member with the value of the attribute that is asked about. */
export interface Dated {
  id: number
  value: unknown
  zone: string | null
}

export interface Return extends Occurrence {
  member: number
}

export async function dateClock(tx: Tx, memory: Memory, version: number): Promise<DateClock | undefined> {
  const [{ plan }, { timeZone }] = await Promise.all([memory.version(tx, version), memory.workspace(tx)])
  const trigger = triggerOf(plan)
  return trigger.by === 'date' ? { trigger, zone: plan.settings.timeZone ?? timeZone } : undefined
}

/** The returns of a member's date after `from` and up to `until`. */
export function returnsOf(
  { id, value, zone: own }: Dated,
  clock: DateClock,
  { from, until }: { from: number; until: number },
): Return[] {
  const zone = own ?? clock.zone
  const day = dayNamed(value, zone)
  if (day === undefined) return []
  const found: Return[] = []
  for (let after = from; ;) {
    const next = nextOccurrence(clock.trigger, { day, zone, after })
    if (!next || next.at > until) return found
    found.push({ ...next, member: id })
    after = next.at
  }
}

/** Keeps moments to come. One that was acted on stays as it is: a day makes a member enter once. */
export async function keepReturns(tx: Tx, flow: number, found: Return[]): Promise<void> {
  if (found.length === 0) return
  const rows = found.toSorted((a, b) => a.member - b.member || a.day - b.day)
  await tx.rows(
    `insert into occurrence (workspace, flow, member, day, due_at)
     select current_setting('app.workspace')::int, $1, member, day, to_timestamp(at / 1000.0)
     from unnest($2::bigint[], $3::date[], $4::bigint[]) r(member, day, at)
     on conflict (flow, member, day) do update set due_at = excluded.due_at
     where occurrence.state = 'waiting' and occurrence.due_at <> excluded.due_at`,
    [flow, rows.map((row) => row.member), rows.map((row) => isoDay(row.day)), rows.map((row) => row.at)],
    'keep-returns',
  )
}

/**
 * Works out anew when the dates of members return who changed, or moved to another zone. The caller holds the members'
 * locks. A moment that has come already is looked at again when they enter.
 */
export async function replanDates(tx: Tx, memory: Memory, members: number[]): Promise<void> {
  if (members.length === 0) return
  const watches = await tx.rows<{ flow: number; version: number; now: Date }>(
    `select flow, version, now() now from watch
     where workspace = current_setting('app.workspace')::int and kind = 'date' order by flow`,
    [],
    'date-watches',
  )
  for (const { flow, version, now } of watches) {
    const clock = await dateClock(tx, memory, version)
    if (!clock) continue
    await tx.rows(
      `delete from occurrence where flow = $1 and member = any($2::bigint[]) and state = 'waiting' and due_at > now()`,
      [flow, members],
    )
    const from = now.getTime()
    const dated = await datesOf(tx, clock, members)
    const found = dated.flatMap((member) => returnsOf(member, clock, { from, until: from + AHEAD }))
    await keepReturns(tx, flow, found)
  }
}

/** The dates of these members as they are now; erased members have none. */
export async function datesOf(tx: Tx, { trigger }: DateClock, members: number[]): Promise<Dated[]> {
  return tx.rows<Dated>(
    `select id, attributes #> $2::text[] value, time_zone zone from member
     where id = any($1::bigint[]) and erased_at is null order by id`,
    [members, dateKeys(trigger.attribute)],
    'dates-of',
  )
}
