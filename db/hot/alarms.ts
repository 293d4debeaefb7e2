import type { Tx } from '../pool.ts'
import type { Lane } from './stands.ts'

/** A moment at which a stand must be looked at. Instants are ms since 1970. */
export interface Alarm {
  stand: number
  at: number
}

/** An alarm that is to be put to sleep: in the lane of its stand. */
export interface LaneAlarm extends Alarm {
  lane: Lane
}

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** When a rest's alarm rings: the end of its bucket, so that members due close together travel together; never early. */
export function alarmTime(dueAt: number, now: number): number {
  const length = dueAt - now
  const bucket = length < 10 * MINUTE ? SECOND : length < 1_440 * MINUTE ? 10 * SECOND : MINUTE
  return Math.ceil(dueAt / bucket) * bucket
}

/**
 * Notes alarms and returns those that nobody had noted: they are to be started once the transaction is committed. They go
 * in in order of time, so that two batches that rest until the same moments wait for each other one way only.
 */
export async function setAlarms(tx: Tx, alarms: Alarm[]): Promise<LaneAlarm[]> {
  if (alarms.length === 0) return []
  return tx.rows<LaneAlarm>(
    `with noted as (
       insert into alarm (stand, at)
       select distinct stand, to_timestamp(at / 1000.0) from unnest($1::bigint[], $2::bigint[]) v(stand, at)
       order by 2, 1 on conflict do nothing returning stand, at)
     select n.stand, (extract(epoch from n.at) * 1000)::bigint at, s.lane from noted n join stand s on s.id = n.stand`,
    [alarms.map((alarm) => alarm.stand), alarms.map((alarm) => alarm.at)],
    'set-alarms',
  )
}

/** Milliseconds until the database's clock reaches the alarm; 0 when it rings now, and then it is forgotten. */
export async function ring(tx: Tx, alarm: Alarm): Promise<number> {
  const [clock] = await tx.rows<{ ahead: number }>(
    'select greatest(0, ceil($1 - extract(epoch from clock_timestamp()) * 1000))::bigint ahead',
    [alarm.at],
  )
  const ahead = clock?.ahead ?? 0
  if (ahead === 0)
    await tx.rows('delete from alarm where stand = $1 and at = to_timestamp($2 / 1000.0)', [
      alarm.stand,
      alarm.at,
    ])
  return ahead
}

/** Alarms that should be asleep in Temporal right now: due within the next `withinMs`, or overdue. */
export async function alarmsDue(tx: Tx, withinMs: number): Promise<(LaneAlarm & { overdue: boolean })[]> {
  return tx.rows<LaneAlarm & { overdue: boolean }>(
    `select a.stand, (extract(epoch from a.at) * 1000)::bigint at, s.lane, a.at < now() - interval '2 seconds' overdue
     from alarm a join stand s on s.id = a.stand
     where a.at < now() + $1 * interval '1 millisecond' order by a.at limit 5000`,
    [withinMs],
  )
}

/** Forgets overdue alarms and announces their stands instead. */
export async function ringOverdue(tx: Tx): Promise<number> {
  const rung = await tx.rows(
    `with late as (delete from alarm where at < now() - interval '2 seconds' returning stand)
     select pg_notify('stand', stand::text) from late group by stand`,
  )
  return rung.length
}
