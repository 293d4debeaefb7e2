import type { Tx } from '../pool.ts'
import { readyStands, type StandKey } from './stands.ts'

/** As many as one statement wakes: a hundred milliseconds of locks, and others wait no longer. */
export const WOKEN_AT_MOST = 5_000

/**
 * Makes those due at once whom a pause held that is over; of one flow, or (null) of all in the workspace. Nobody is
 * missed: who holds members in a paused flow holds its row FOR SHARE until commit, so all of them are there once the
 * pause is over. A row that is locked is being decided on afresh, or found by the next round.
 */
export async function wakeHeld(tx: Tx, flow: number | null): Promise<number> {
  const due = await tx.rows<StandKey>(
    `update enrollment set due_at = now() where id = any(array(
       select e.id from flow f join flow_version v on v.flow = f.id join stand s on s.version = v.id
       join enrollment e on e.version = s.version and e.node = s.node and e.lane = s.lane
       where ($1::int is null or f.id = $1) and f.state <> 'paused'
         and e.state <> 'ended' and e.due_at = 'infinity' and e.walk is null and e.rest->'held' = 'true'
       limit $2 for no key update of e skip locked))
     returning version, node, lane`,
    [flow, WOKEN_AT_MOST],
    'wake-held',
  )
  return announce(tx, due)
}

/** Makes those due at once who were taken out and still rest. */
export async function wakeTakenOut(tx: Tx, flow: number | null): Promise<number> {
  const due = await tx.rows<StandKey>(
    `update enrollment set due_at = now() where id = any(array(
       select e.id from flow f join flow_version v on v.flow = f.id and v.id <= f.taken_out join stand s on s.version = v.id
       join enrollment e on e.version = s.version and e.node = s.node and e.lane = s.lane
       where ($1::int is null or f.id = $1) and e.state <> 'ended' and e.due_at > now() and e.walk is null
       limit $2 for no key update of e skip locked))
     returning version, node, lane`,
    [flow, WOKEN_AT_MOST],
    'wake-taken-out',
  )
  return announce(tx, due)
}

/**
 * Waits until decisions under way about people of this flow are written: they may have been made on what held before
 * an act. Holds nothing but enrollments, in order of id, so it is nobody's deadlock for long.
 */
export async function outlastDecisions(tx: Tx, flow: number): Promise<void> {
  await tx.rows(
    `select count(*) from (
       select from enrollment e where e.version in (select id from flow_version where flow = $1)
         and e.state <> 'ended' and (e.walk is not null or e.due_at <= now()) order by e.id for no key update) decided`,
    [flow],
    'outlast-decisions',
  )
}

async function announce(tx: Tx, due: StandKey[]): Promise<number> {
  const stands = new Map(due.map((key) => [`${key.version} ${key.node} ${key.lane}`, key]))
  await readyStands(tx, [...stands.values()])
  return due.length
}
