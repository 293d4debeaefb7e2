import type { Condition } from '../flow/conditions/schema.ts'
import type { Reason } from '../flow/reason.ts'
import { missing } from './fault.ts'
import type { Tx } from './pool.ts'
import { noticeTriggers } from './trigger-notice.ts'

export interface LaunchRow {
  id: number
  flow: number
  scheduled_at: Date | null
  audience: string | Condition | null
  author: string
  state: 'running' | 'paused' | 'done' | 'stopped' | 'cancelled' | 'failed' | 'skipped'
  reason: Reason | null
  /** How many are in it; null until that is written down. */
  total: number | null
  /** How many may enter; null: as fast as they are carried. */
  per_minute: number | null
  looked_at: number
  entered: number
  /** How many, by the code of the reason. */
  refused: Record<string, number>
  /** Members looked at a second, as it was at `paged_at`. */
  speed: number
  paged_at: Date | null
  started_at: Date
  ended_at: Date | null
  now: Date
}

const COLUMNS = `id, flow, scheduled_at, audience, author, state, reason, total, per_minute, looked_at, entered, refused,
  speed, paged_at, started_at, ended_at, clock_timestamp() now`

/** Whom a launch is for: an audience by its key or as a condition, or members by their ids. */
export type Launched = { audience: string | Condition } | { members: number[] }

export interface Launching {
  flow: number
  of: Launched
  data?: Record<string, unknown>
  author: string
  /** The instant of the schedule that launches; each is launched once. */
  scheduledAt?: number
  /** Why nobody enters: the launch is only noted. */
  skipped?: Reason | null
  perMinute?: number | null
}

/**
 * Notes a launch and announces it; members who come later than this are not in it. Undefined when the schedule's instant
 * was launched before.
 */
export async function beginLaunch(tx: Tx, launching: Launching): Promise<number | undefined> {
  const { flow, of, data = {}, author, scheduledAt, skipped = null, perMinute = null } = launching
  const [row] = await tx.rows<{ id: number }>(
    `insert into launch (workspace, flow, scheduled_at, audience, members, data, author, state, reason, ended_at, last,
       per_minute)
     select current_setting('app.workspace')::int, $1, to_timestamp($2::float8 / 1000), $3, $4, $5, $6,
       case when $7::jsonb is null then 'running' else 'skipped' end, $7, case when $7 is null then null else now() end,
       coalesce((select max(id) from member), 0), $8
     on conflict (flow, scheduled_at) do nothing returning id`,
    [
      flow,
      scheduledAt ?? null,
      'audience' in of ? JSON.stringify(of.audience) : null,
      'members' in of ? of.members : null,
      JSON.stringify(data),
      author,
      skipped && JSON.stringify(skipped),
      perMinute,
    ],
  )
  if (row && !skipped) await announce(tx, row.id)
  return row?.id
}

/** Has members enter, from where they had come to. */
export async function announce(tx: Tx, launch: number): Promise<void> {
  await tx.rows(
    `insert into launching (launch, workspace) values ($1, current_setting('app.workspace')::int) on conflict do nothing`,
    [launch],
  )
  await noticeTriggers(tx)
}

/** Nobody more enters a flow that is stopped, also when it is published again. The caller holds the flow. */
export async function stopLaunches(tx: Tx, flow: number): Promise<void> {
  const open = await tx.rows<{ id: number }>(
    `select id from launch where flow = $1 and state in ('running', 'paused') order by id for no key update`,
    [flow],
  )
  for (const { id } of open) await endLaunch(tx, id, { state: 'stopped', reason: { code: 'launch-stopped' } })
}

export interface Ending {
  state: 'done' | 'stopped' | 'cancelled' | 'failed'
  reason: Reason | null
}

/** Nobody more enters, whoever was still to come is forgotten. */
export async function endLaunch(tx: Tx, id: number, { state, reason }: Ending): Promise<void> {
  await tx.rows(
    `update launch set state = $2, reason = $3, ended_at = coalesce(ended_at, clock_timestamp()) where id = $1`,
    [id, state, reason && JSON.stringify(reason)],
  )
  await leaveOpen(tx, id)
  await tx.rows('delete from launch_page where launch = $1', [id])
}

/** Its audience could not be written down in time. */
export async function failSlowLaunch(tx: Tx, id: number): Promise<void> {
  await tx.rows(`select 1 from launch where id = $1 for no key update`, [id])
  await endLaunch(tx, id, { state: 'failed', reason: { code: 'audience-too-slow' } })
}

/** Temporal need not know of it any more, unless it is announced again. */
export async function leaveOpen(tx: Tx, id: number): Promise<void> {
  await tx.rows('delete from launching where launch = $1', [id])
}

/** Launches under way, of every workspace. */
export async function openLaunches(tx: Tx): Promise<number[]> {
  const rows = await tx.rows<{ launch: number }>('select launch from launching order by launch')
  return rows.map((row) => row.launch)
}

/** The workspace of a launch under way; undefined once it is over. */
export async function workspaceOfLaunch(tx: Tx, launch: number): Promise<number | undefined> {
  const [row] = await tx.rows<{ workspace: number }>('select workspace from launching where launch = $1', [
    launch,
  ])
  return row?.workspace
}

export async function readLaunch(tx: Tx, id: number): Promise<LaunchRow> {
  const [row] = await tx.rows<LaunchRow>(`select ${COLUMNS} from launch where id = $1`, [id])
  if (!row) throw missing('launch')
  return row
}

interface ListedLaunches {
  /** Undefined: of all flows. */
  flow?: number | undefined
  state?: LaunchRow['state'] | undefined
  limit: number
  before?: number | undefined
}

/** Newest first. */
export async function listLaunches(
  tx: Tx,
  { flow, state, limit, before }: ListedLaunches,
): Promise<LaunchRow[]> {
  return tx.rows<LaunchRow>(
    `select ${COLUMNS} from launch
     where ($1::int is null or flow = $1) and ($2::bigint is null or id < $2) and ($4::text is null or state = $4)
     order by id desc limit $3`,
    [flow ?? null, before ?? null, limit, state ?? null],
  )
}

export async function readLaunches(tx: Tx, ids: number[]): Promise<LaunchRow[]> {
  return tx.rows<LaunchRow>(`select ${COLUMNS} from launch where id = any($1::bigint[])`, [ids])
}
