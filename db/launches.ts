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
  state: 'running' | 'done' | 'stopped' | 'failed' | 'skipped'
  reason: Reason | null
  looked_at: number
  entered: number
  /** How many, by the code of the reason. */
  refused: Record<string, number>
  started_at: Date
  ended_at: Date | null
}

const COLUMNS = `id, flow, scheduled_at, audience, author, state, reason, looked_at, entered, refused, started_at, ended_at`

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
}

/**
 * Notes a launch and announces it; members who come later than this are not in it. Undefined when the schedule's instant
 * was launched before.
 */
export async function beginLaunch(tx: Tx, launching: Launching): Promise<number | undefined> {
  const { flow, of, data = {}, author, scheduledAt, skipped = null } = launching
  const [row] = await tx.rows<{ id: number }>(
    `insert into launch (workspace, flow, scheduled_at, audience, members, data, author, state, reason, ended_at, last)
     select current_setting('app.workspace')::int, $1, to_timestamp($2::float8 / 1000), $3, $4, $5, $6,
       case when $7::jsonb is null then 'running' else 'skipped' end, $7, case when $7 is null then null else now() end,
       coalesce((select max(id) from member), 0)
     on conflict (flow, scheduled_at) do nothing returning id`,
    [
      flow,
      scheduledAt ?? null,
      'audience' in of ? JSON.stringify(of.audience) : null,
      'members' in of ? of.members : null,
      JSON.stringify(data),
      author,
      skipped && JSON.stringify(skipped),
    ],
  )
  if (row && !skipped) await announce(tx, row.id)
  return row?.id
}

async function announce(tx: Tx, launch: number): Promise<void> {
  await tx.rows(
    `insert into launching (launch, workspace) values ($1, current_setting('app.workspace')::int)`,
    [launch],
  )
  await noticeTriggers(tx)
}

/** Nobody more enters a flow that is stopped, also when it is published again. The caller holds the flow. */
export async function stopLaunches(tx: Tx, flow: number): Promise<void> {
  await tx.rows(
    `with stopped as (
       update launch set state = 'stopped', reason = '{"code": "launch-stopped"}', ended_at = now()
       where flow = $1 and state = 'running' returning id)
     delete from launching where launch in (select id from stopped)`,
    [flow],
  )
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

/** Newest first. */
export async function listLaunches(
  tx: Tx,
  of: { flow: number; limit: number; before?: number | undefined },
): Promise<LaunchRow[]> {
  return tx.rows<LaunchRow>(
    `select ${COLUMNS} from launch where flow = $1 and ($2::bigint is null or id < $2) order by id desc limit $3`,
    [of.flow, of.before ?? null, of.limit],
  )
}
