import { dayNamed, occurrenceOn } from '../flow/occurrence.ts'
import { enter } from './enter.ts'
import { entrantsWithout } from './entrants.ts'
import { lockLiving } from './living.ts'
import type { Memory } from './memory.ts'
import { dateClock, datesOf, type DateClock, type Dated } from './occurrences.ts'
import type { Tx } from './pool.ts'

const BATCH = 500
/** A moment that was missed is made up for within this time. */
const CATCH_UP = 24 * 3_600_000

/**
 * Lets members enter whose moment has come, once for each day, and answers how many moments there were. Each is asked
 * again under the member's lock: a date that was moved, or a zone, moves the moment with it.
 */
export async function enterByDate(tx: Tx, memory: Memory, flow: number): Promise<number> {
  const [open] = await tx.rows<{ version: number; now: Date }>(
    `select version, now() now from flow where id = $1 and state in ('live', 'paused') for share`,
    [flow],
  )
  const clock = open && (await dateClock(tx, memory, open.version))
  if (!clock) return 0
  const came = await tx.rows<{ member: number }>(
    `select member from occurrence where flow = $1 and state = 'waiting' and due_at <= now() order by due_at limit $2`,
    [flow, BATCH],
    'moments-come',
  )
  if (came.length === 0) return 0
  const members = [...new Set(came.map((row) => row.member))]
  await lockLiving(tx, members)
  const moments = await held(tx, flow, members)
  const dated = new Map((await datesOf(tx, clock, members)).map((one) => [one.id, one]))
  const now = open.now.getTime()
  const judged = moments.map((moment) => ({
    ...moment,
    ...judge(moment, dated.get(moment.member), { clock, now }),
  }))
  await write(tx, flow, judged)
  const entering = judged.filter((one) => one.state === 'entered').map((one) => one.member)
  if (entering.length > 0) {
    const entrants = await entrantsWithout(tx, entering, { type: null, data: {} })
    await enter(tx, memory, { version: open.version, entrants, lane: 'bulk' })
  }
  return came.length
}

interface Moment {
  member: number
  day: Date
}

/** The moments of locked members that have come and that nobody has acted on. */
async function held(tx: Tx, flow: number, members: number[]): Promise<Moment[]> {
  return tx.rows<Moment>(
    `select member, day::timestamptz as day from occurrence
     where flow = $1 and member = any($2::bigint[]) and state = 'waiting' and due_at <= now()
     order by member, day for update`,
    [flow, members],
    'hold-moments',
  )
}

/** What becomes of a moment. `at`: when it is now. */
type Judgement = { state: 'entered' | 'late' | 'waiting'; at: number } | { state: 'gone'; at: null }

function judge(
  { day }: Moment,
  member: Dated | undefined,
  { clock, now }: { clock: DateClock; now: number },
): Judgement {
  const zone = member?.zone ?? clock.zone
  const own = dayNamed(member?.value, zone)
  const at = own === undefined ? null : occurrenceOn(clock.trigger, { day: own, zone, on: day.getTime() })
  if (at === null) return { state: 'gone', at }
  if (at > now) return { state: 'waiting', at }
  return { state: now - at > CATCH_UP ? 'late' : 'entered', at }
}

async function write(tx: Tx, flow: number, judged: (Moment & Judgement)[]): Promise<void> {
  await tx.rows(
    `with said as (select * from unnest($2::bigint[], $3::timestamptz[], $4::text[], $5::bigint[]) r(member, day, state, at)),
     gone as (
       delete from occurrence o using said s
       where o.flow = $1 and o.member = s.member and o.day = s.day::date and s.state = 'gone')
     update occurrence o set state = s.state, due_at = to_timestamp(s.at / 1000.0) from said s
     where o.flow = $1 and o.member = any($2::bigint[]) and o.member = s.member and o.day = s.day::date and s.state <> 'gone'`,
    [
      flow,
      judged.map((one) => one.member),
      judged.map((one) => one.day),
      judged.map((one) => one.state),
      judged.map((one) => one.at),
    ],
    'judge-moments',
  )
}
