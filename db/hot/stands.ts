import type { Tx } from '../pool.ts'

export type Lane = 'urgent' | 'bulk'

/** A place where ready members gather. */
export interface StandKey {
  version: number
  node: string
  lane: Lane
}

export interface Stand extends StandKey {
  id: number
  workspace: number
}

/** The channel that tells dispatch which stand has ready members. */
export const STAND_CHANNEL = 'stand'

/**
 * Announces ready members at these stands. FOR SHARE until commit: a walk that is about to end takes its stand FOR
 * UPDATE first, so it either sees these rows or is seen to have ended by the dispatch that this notice wakes.
 */
export async function readyStands(tx: Tx, keys: StandKey[]): Promise<void> {
  if (keys.length === 0) return
  const [versions, nodes, lanes] = columns(keys)
  await tx.rows(
    `select pg_notify('${STAND_CHANNEL}', id::text) from (
       select s.id from stand s
       where (s.version, s.node, s.lane) in (select * from unnest($1::int[], $2::text[], $3::text[]))
       order by s.id for share) ready`,
    [versions, nodes, lanes],
    'ready-stands',
  )
}

/** Every node of a version may be rested at, in either lane: its stands exist from the moment it is published. */
export async function createStands(
  tx: Tx,
  of: { workspace: number; version: number; nodes: string[] },
): Promise<void> {
  await tx.rows(
    `insert into stand (workspace, version, node, lane)
     select $1, $2, node, lane from unnest($3::text[]) node cross join unnest(array['urgent', 'bulk']) lane
     on conflict do nothing`,
    [of.workspace, of.version, of.nodes],
  )
}

export async function standsOf(tx: Tx, version: number): Promise<Stand[]> {
  return tx.rows<Stand>('select id, workspace, version, node, lane from stand where version = $1', [version])
}

/** Who takes a stand: the workflow that is to carry its members, and the process that is to start it. */
export interface Taker {
  workflowId: string
  lease: number
}

/**
 * The right to carry a stand's members: a new walk's number, or undefined while another walk has it. A workflow that
 * asks again, because the first answer was lost, is told the number it has.
 */
export async function takeStand(
  tx: Tx,
  stand: number,
  { workflowId, lease }: Taker,
): Promise<Taken | undefined> {
  const [taken] = await tx.rows<Taken>(
    `with taken as (
       update stand set walk = nextval('walk_id') where id = $1 and walk is null returning id, workspace, walk, lane),
     begun as (
       insert into walk (id, stand, workspace, workflow_id, lease)
       select walk, id, workspace, $2, $3 from taken)
     select walk, lane from taken
     union all
     select s.walk, s.lane from stand s join walk w on w.id = s.walk where s.id = $1 and w.workflow_id = $2`,
    [stand, workflowId, lease],
    'take-stand',
  )
  return taken
}

/** A walk that has the right to carry a stand's members and is yet to be started. */
export interface Taken {
  walk: number
  lane: Lane
}

/** A walk that may act: for which stand, and whether nobody ran it before, so that it carries nobody yet. */
export interface TakenUp {
  stand: Stand
  fresh: boolean
}

/** Notes the process that now runs the walk's segment; undefined when the walk is over or was freed. */
export async function takeUpWalk(tx: Tx, walk: number, lease: number): Promise<TakenUp | undefined> {
  const [row] = await tx.rows<Stand & { fresh: boolean }>(
    `update walk w set lease = $2, begun = true from stand s, walk before
     where w.id = $1 and s.id = w.stand and before.id = w.id
     returning s.id, s.workspace, s.version, s.node, s.lane, not before.begun fresh`,
    [walk, lease],
    'take-up-walk',
  )
  if (!row) return undefined
  const { fresh, ...stand } = row
  return { stand, fresh }
}

/** `ready`: members are waiting at the stand. `carrying`: none is, but the walk still carries some. */
export type Clearing = 'ready' | 'carrying' | 'over'

/**
 * Ends a walk's duty to a stand, unless members are ready there. The lock comes first: writers of ready rows hold the
 * stand FOR SHARE until they commit, so the count below sees every one of them, or they see the stand without a walk.
 */
export async function clearStand(tx: Tx, stand: Stand, walk: number): Promise<Clearing> {
  if ((await holdStand(tx, stand.id)) !== walk) return rest(tx, walk)
  const ready = await tx.rows(
    `select 1 from enrollment
     where version = $1 and node = $2 and lane = $3 and state <> 'ended' and due_at <= clock_timestamp() and walk is null limit 1`,
    [stand.version, stand.node, stand.lane],
    'any-ready',
  )
  if (ready.length > 0) return 'ready'
  await tx.rows('update stand set walk = null where id = $1', [stand.id], 'clear-stand')
  return rest(tx, walk)
}

/** Locks a stand and answers which walk has it: whoever is about to clear it has done so by then. */
export async function holdStand(tx: Tx, stand: number): Promise<number | null> {
  const [held] = await tx.rows<{ walk: number | null }>(
    'select walk from stand where id = $1 for update',
    [stand],
    'hold-stand',
  )
  return held?.walk ?? null
}

async function rest(tx: Tx, walk: number): Promise<Clearing> {
  return (await dropWalk(tx, walk)) ? 'over' : 'carrying'
}

/**
 * Forgets a walk once no member carries its number and its stand waits for it no more; false until then. Needs the
 * walk's workspace.
 */
export async function dropWalk(tx: Tx, walk: number): Promise<boolean> {
  const [left] = await tx.rows(
    `with gone as (
       delete from walk w where w.id = $1 and not exists (select from enrollment where walk = $1)
         and not exists (select from stand s where s.id = w.stand and s.walk = w.id) returning w.id)
     select 1 from walk where id = $1 and not exists (select from gone)`,
    [walk],
    'drop-walk',
  )
  return left === undefined
}

function columns(keys: StandKey[]): [number[], string[], string[]] {
  return [keys.map((key) => key.version), keys.map((key) => key.node), keys.map((key) => key.lane)]
}
