import { audienceCondition } from '../flow/nodes/audience-key.ts'
import type { Reason } from '../flow/reason.ts'
import { audiencePage } from './audience-page.ts'
import { enter } from './enter.ts'
import { entrantsWithout } from './entrants.ts'
import { Fault } from './fault.ts'
import { lockLiving } from './living.ts'
import type { LaunchRow } from './launches.ts'
import type { Memory } from './memory.ts'
import type { Tx } from './pool.ts'

const PAGE = 1_000

export interface Paged {
  /** Nobody is left to enter, or nobody may any more. */
  over: boolean
  flow: number
}

/**
 * Lets the next members of a launch enter, and moves its cursor in the same transaction: a crash repeats nobody. The flow
 * is shared until commit, so no publish or stop slips in; while it is paused members enter and rest at its start.
 */
export async function enterLaunchPage(tx: Tx, memory: Memory, launch: number): Promise<Paged> {
  const held = await holdLaunch(tx, launch)
  if (held?.state !== 'running') return { over: true, flow: held?.flow ?? 0 }
  const { flow } = held
  if (held.version === null) return finish(tx, held, { state: 'stopped', reason: { code: 'launch-stopped' } })
  const members = await nextMembers(tx, memory, held)
  if (!Array.isArray(members)) return finish(tx, held, { state: 'failed', reason: members })
  const alive = await lockLiving(tx, members)
  const entrants = await entrantsWithout(tx, alive, { type: null, data: held.data })
  const { begun, refused } = await enter(tx, memory, { version: held.version, entrants, lane: 'bulk' })
  const reasons = Map.groupBy(refused, ({ reason }) => reason.code)
  await tx.rows(
    'update launch set cursor = $2, looked_at = looked_at + $3, entered = entered + $4, refused = $5 where id = $1',
    [
      launch,
      members.at(-1) ?? held.cursor,
      alive.length,
      begun.length,
      JSON.stringify(added(held.refused, reasons)),
    ],
  )
  if (members.length === PAGE) return { over: false, flow }
  return finish(tx, held, { state: 'done', reason: null })
}

interface HeldLaunch extends Pick<LaunchRow, 'id' | 'flow' | 'state' | 'audience' | 'refused'> {
  members: number[] | null
  data: Record<string, unknown>
  cursor: number
  last: number
  /** The version that takes entries; null when none does. */
  version: number | null
}

async function holdLaunch(tx: Tx, launch: number): Promise<HeldLaunch | undefined> {
  const [flow] = await tx.rows<{ version: number | null; state: string }>(
    'select version, state from flow where id = (select flow from launch where id = $1) for share',
    [launch],
  )
  const takesEntries = flow?.state === 'live' || flow?.state === 'paused'
  const [row] = await tx.rows<HeldLaunch>(
    `select id, flow, state, audience, members, data, cursor, last, refused, $2::int version
     from launch where id = $1 for update`,
    [launch, takesEntries ? flow.version : null],
  )
  return row
}

/** Ids in ascending order, at most a page; or why nobody can be looked for any more. */
async function nextMembers(tx: Tx, memory: Memory, held: HeldLaunch): Promise<number[] | Reason> {
  const { members, audience, cursor: after, last } = held
  if (members !== null || audience === null) return pageOfList(members ?? [], after)
  const workspace = await memory.workspace(tx)
  if (typeof audience === 'string' && !Object.hasOwn(workspace.audiences, audience))
    return { code: 'audience-gone', args: { audience } }
  try {
    const where = audienceCondition(audience)
    const page = await audiencePage(tx, { where, workspace, after, limit: PAGE })
    return page.filter((id) => id <= last)
  } catch (error) {
    if (error instanceof Fault) return { code: 'audience-refused' }
    throw error
  }
}

function pageOfList(members: number[], after: number): number[] {
  return members
    .filter((id) => id > after)
    .toSorted((a, b) => a - b)
    .slice(0, PAGE)
}

function added(before: Record<string, number>, more: Map<string, unknown[]>): Record<string, number> {
  const sums = [...more].map(([code, all]): [string, number] => [code, (before[code] ?? 0) + all.length])
  return { ...before, ...Object.fromEntries(sums) }
}

async function finish(
  tx: Tx,
  { id, flow }: HeldLaunch,
  end: { state: 'done' | 'stopped' | 'failed'; reason: Reason | null },
): Promise<Paged> {
  await tx.rows('update launch set state = $2, reason = $3, ended_at = now() where id = $1', [
    id,
    end.state,
    end.reason && JSON.stringify(end.reason),
  ])
  await tx.rows('delete from launching where launch = $1', [id])
  return { over: true, flow }
}
