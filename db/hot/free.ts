import type { Tx } from '../pool.ts'
import { giveBackLapsed } from './call-grant.ts'
import { LEASE_LASTS } from './claim.ts'
import { giveUpLapsed } from './outcomes.ts'
import { readyStands, type StandKey } from './stands.ts'

/** A walk as background work sees it. */
export interface OpenWalk {
  id: number
  workspace: number
  workflow_id: string
}

/** Walks whose process died in the middle of a segment. */
export async function lapsedWalks(tx: Tx): Promise<OpenWalk[]> {
  return tx.rows<OpenWalk>(
    `select w.id, w.workspace, w.workflow_id from walk w
     where w.lease is not null and not exists (
       select from lease l where l.id = w.lease and l.seen_at > now() - ${LEASE_LASTS})`,
  )
}

/** Walks old enough that Temporal must know them. */
export async function olderWalks(tx: Tx, afterId: number): Promise<OpenWalk[]> {
  return tx.rows<OpenWalk>(
    `select id, workspace, workflow_id from walk
     where id > $1 and started_at < now() - interval '10 seconds' order by id limit 200`,
    [afterId],
  )
}

/**
 * Frees what a lost walk carried: hand-overs that nobody can vouch for become unknown, calls are to be made again,
 * members are ready again where they stand. The walk's number is forgotten, so a run that comes back to life may neither move nor send.
 * Needs the walk's workspace.
 */
export async function freeWalk(tx: Tx, walk: number): Promise<void> {
  const members = await tx.rows<{ id: number }>(
    `select id from member where id in (select member from enrollment where walk = $1) order by id for no key update`,
    [walk],
  )
  const carried =
    members.length === 0
      ? []
      : await tx.rows<{ id: number }>('select id from enrollment where walk = $1', [walk])
  const ids = carried.map((one) => one.id)
  await giveUpLapsed(tx, ids)
  await giveBackLapsed(tx, ids)
  const freed = await tx.rows<StandKey>(
    `update enrollment set walk = null, due_at = now() where walk = $1 and state <> 'ended' returning version, node, lane`,
    [walk],
  )
  // Members may be waiting at the stand itself: a walk that died before its first claim carried none of them.
  const left = await tx.rows<StandKey>(
    'update stand set walk = null where walk = $1 returning version, node, lane',
    [walk],
  )
  await tx.rows('delete from walk where id = $1', [walk])
  await readyStands(tx, distinct([...freed, ...left]))
}

/** Wakes stands of this workspace where members have been due for this long and no walk looks. */
export async function wakeOverdue(tx: Tx, lateMs: number): Promise<number> {
  const woken = await tx.rows(
    `select pg_notify('stand', s.id::text) from stand s
     where s.workspace = current_setting('app.workspace')::int and s.walk is null and exists (
       select from enrollment e where e.version = s.version and e.node = s.node and e.lane = s.lane
         and e.state <> 'ended' and e.due_at <= now() - $1 * interval '1 millisecond' and e.walk is null)`,
    [lateMs],
  )
  return woken.length
}

/**
 * Frees rows that carry the number of a walk nobody knows, and stands that wait for one. Needs a workspace. The numbers
 * are found one after the other in their index: `distinct` would read the whole table.
 */
export async function freeOrphans(tx: Tx): Promise<number> {
  const orphans = await tx.rows<{ walk: number }>(
    `with recursive carried(walk) as (
       (select walk from enrollment where walk is not null order by walk limit 1)
       union all
       select (select e.walk from enrollment e where e.walk > carried.walk order by e.walk limit 1)
       from carried where carried.walk is not null)
     select walk from carried c
     where c.walk is not null and not exists (select from walk w where w.id = c.walk)
     union
     select s.walk from stand s where s.workspace = current_setting('app.workspace')::int
       and s.walk is not null and not exists (select from walk w where w.id = s.walk)`,
  )
  for (const { walk } of orphans) await freeWalk(tx, walk)
  return orphans.length
}

/** Every workspace that has stands: what background work may look into. */
export async function standingWorkspaces(tx: Tx): Promise<number[]> {
  const rows = await tx.rows<{ workspace: number }>('select distinct workspace from stand')
  return rows.map((row) => row.workspace)
}

function distinct(keys: StandKey[]): StandKey[] {
  return [...new Map(keys.map((key) => [`${key.version} ${key.node} ${key.lane}`, key])).values()]
}
