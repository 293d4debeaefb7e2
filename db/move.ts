import { WOKEN_AT_MOST } from './hot/wake.ts'
import type { Tx } from './pool.ts'

/**
 * Members at rest in older versions whose step has the same id and kind in this one go on here: their end is worked out
 * anew from when they arrived, what their step has sent counts as sent. Who is carried at this moment, or arrived later,
 * finishes where they are. Sums stay as they are: they are told per step, over all versions.
 */
export async function moveBatch(tx: Tx, version: number): Promise<number> {
  const [moved] = await tx.rows<{ n: number }>(
    `with moved as (
       update enrollment e set version = $1, due_at = now(), rest = rest - '{until,held}'::text[]
       where e.id = any(array(${MOVABLE} limit $2 for no key update of e skip locked))
       returning e.id, e.period, e.node, e.lane),
     told as (
       insert into step (workspace, period, enrollment, node, at, outcome, code, args)
       select current_setting('app.workspace')::int, m.period, m.id, m.node, now(), 'moved', 'moved',
         jsonb_build_object('version', (select number from flow_version where id = $1)) from moved m),
     ready as (
       select pg_notify('stand', id::text) from (
         select s.id from stand s where s.version = $1 and (s.node, s.lane) in (select node, lane from moved)
         order by s.id for share) stands)
     select (select count(*) from moved) n, (select count(*) from ready)`,
    [version, WOKEN_AT_MOST],
    'move-batch',
  )
  return moved?.n ?? 0
}

const MOVABLE = `
  select e.id from flow_version new join flow f on f.id = new.flow
  join flow_version old on old.flow = new.flow and old.id < new.id and old.id > coalesce(f.taken_out, 0) and old.test_run is null
  cross join lateral jsonb_each(old.plan->'nodes') step
  join enrollment e on e.version = old.id and e.node = step.key
  where new.id = $1 and step.value->'kind' = new.plan->'nodes'->step.key->'kind'
    and e.state = 'resting' and e.walk is null and e.mark is null and e.arrived_at <= new.published_at`

/** Says that a version is to be moved to, so that everybody is moved even if this process dies; and moves the first. */
export async function beginMove(tx: Tx, version: number): Promise<void> {
  await tx.rows('update flow_version set moving = true where id = $1', [version])
  await moveBatch(tx, version)
}

/** Notes that a move is over, unless somebody is left: a row that was locked when its batch came by. */
export async function moveOver(tx: Tx, version: number): Promise<void> {
  await tx.rows(`update flow_version set moving = false where id = $1 and not exists (${MOVABLE})`, [version])
}

/** Versions of a flow, or (null) of the workspace, that are still being moved to. */
export async function movesUnderWay(tx: Tx, flow: number | null): Promise<number[]> {
  const rows = await tx.rows<{ id: number }>(
    'select id from flow_version where moving and ($1::int is null or flow = $1) order by id',
    [flow],
  )
  return rows.map((row) => row.id)
}
