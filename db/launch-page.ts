import { mayEnter, nextAfter } from '../flow/launch-pace.ts'
import type { Reason } from '../flow/reason.ts'
import { enter } from './enter.ts'
import { entrantsWithout } from './entrants.ts'
import { endLaunch, type Ending, type LaunchRow } from './launches.ts'
import { PAGE, writeAudience, type Unwritten } from './launch-snapshot.ts'
import { lockLiving } from './living.ts'
import type { Memory } from './memory.ts'
import type { Tx } from './pool.ts'

export interface Paged {
  /** Nobody is left to enter, or nobody may now: whoever resumes the launch announces it again. */
  over: boolean
  flow: number
  /** The version that is entered, while one is. */
  version: number | null
  entered: number
  /** How long nobody else may enter, in ms. */
  wait: number
}

/**
 * Lets the next members of a launch enter, and moves its cursor in the same transaction: a crash repeats nobody. The flow
 * is shared until commit, so no publish or stop slips in, and the launch is held, so after a pause nobody enters; while
 * the flow is paused members enter and rest at its start. The first of all writes down who is in it.
 */
export async function enterLaunchPage(tx: Tx, memory: Memory, launch: number): Promise<Paged> {
  const [known] = await tx.rows<Unwritten & { total: number | null; state: LaunchRow['state'] }>(
    'select id, audience, members, last, total, state from launch where id = $1',
    [launch],
  )
  if (known?.state === 'running' && known.total === null) {
    const fault = await writeAudience(tx, memory, known)
    if (fault === 'busy') return { over: false, flow: 0, version: null, entered: 0, wait: BUSY }
    if (fault) return failed(tx, launch, fault)
  }
  const held = await holdLaunch(tx, launch)
  if (held?.state !== 'running') return nobodyOf(held?.flow ?? 0)
  if (held.version === null) return over(tx, held, { state: 'stopped', reason: { code: 'launch-stopped' } })
  return letIn(tx, memory, { ...held, version: held.version })
}

const BUSY = 200
/** Who enters at a pace comes in groups a quarter of a second apart: a transaction for each one costs too much. */
const TICK = 250

interface HeldLaunch extends Pick<LaunchRow, 'id' | 'flow' | 'state' | 'per_minute' | 'refused'> {
  data: Record<string, unknown>
  cursor: number
  /** ms since 1970, by the database's clock once the launch was held. */
  now: number
  next_at: number | null
  /** The version that takes entries; null when none does. */
  version: number | null
}

async function letIn(tx: Tx, memory: Memory, held: HeldLaunch & { version: number }): Promise<Paged> {
  const { id, flow, version, now, per_minute: perMinute } = held
  const pace = perMinute === null ? null : { perMinute, nextAt: held.next_at ?? now }
  const most = pace ? Math.min(PAGE, mayEnter(pace, now)) : PAGE
  if (pace && most === 0)
    return { over: false, flow, version, entered: 0, wait: Math.max(TICK, pace.nextAt - now) }
  const { members, left } = await nextMembers(tx, held, most)
  const alive = await lockLiving(tx, members)
  const entrants = await entrantsWithout(tx, alive, { type: null, data: held.data })
  const { begun, refused } = await enter(tx, memory, { version, entrants, lane: 'bulk', launch: id })
  const reasons = Map.groupBy(refused, ({ reason }) => reason.code)
  const nextAt = pace && nextAfter(pace, now, begun.length)
  await noteProgress(tx, id, {
    cursor: members.at(-1) ?? held.cursor,
    looked: alive.length,
    gone: members.length - alive.length,
    entered: begun.length,
    ids: begun.map((one) => one.id),
    refused: added(held.refused, reasons),
    nextAt,
  })
  const entered = begun.length
  if (!left) return { ...(await over(tx, held)), entered }
  return {
    over: false,
    flow,
    version,
    entered,
    wait: nextAt && nextAt > now ? Math.max(TICK, nextAt - now) : 0,
  }
}

/** The flow before the launch, as everybody holds them who needs both. */
async function holdLaunch(tx: Tx, launch: number): Promise<HeldLaunch | undefined> {
  const [flow] = await tx.rows<{ version: number | null; state: string }>(
    'select version, state from flow where id = (select flow from launch where id = $1) for share',
    [launch],
    'share-launched-flow',
  )
  const takesEntries = flow?.state === 'live' || flow?.state === 'paused'
  const [row] = await tx.rows<HeldLaunch>(
    `select id, flow, state, data, cursor, refused, per_minute, $2::int version,
       extract(epoch from clock_timestamp()) * 1000 now, extract(epoch from next_at) * 1000 next_at
     from launch where id = $1 for no key update`,
    [launch, takesEntries ? flow.version : null],
    'hold-launch',
  )
  return row
}

/** The next ids, in ascending order, and whether others are left after them. A page that is used up goes. */
async function nextMembers(
  tx: Tx,
  { id, cursor }: HeldLaunch,
  most: number,
): Promise<{ members: number[]; left: boolean }> {
  const pages = await tx.rows<{ first: number; members: number[] }>(
    'select first, members from launch_page where launch = $1 order by first limit 2',
    [id],
    'launch-pages',
  )
  const [page] = pages
  const waiting = (page?.members ?? []).filter((member) => member > cursor)
  const members = waiting.slice(0, most)
  const left = pages.length > 1 || members.length < waiting.length
  if (page && members.length === waiting.length)
    await tx.rows('delete from launch_page where launch = $1 and first = $2', [id, page.first], 'leave-page')
  return { members, left }
}

interface Progress {
  cursor: number
  looked: number
  /** Erased since the launch began: they are in it no more. */
  gone: number
  entered: number
  /** Of the enrollments that began. */
  ids: number[]
  refused: Record<string, number>
  nextAt: number | null
}

/** What was looked at ten seconds ago weighs a third of what is looked at now. */
async function noteProgress(tx: Tx, launch: number, progress: Progress): Promise<void> {
  const { cursor, looked, gone, entered, ids, refused, nextAt } = progress
  await tx.rows(
    `update launch l set cursor = $2, looked_at = looked_at + $3, entered = entered + $4, refused = $5,
       first_enrollment = least(first_enrollment, $6), last_enrollment = greatest(last_enrollment, $9), next_at = to_timestamp($7::float8 / 1000), total = total - $8,
       speed = $3 / s.since * (1 - exp(- s.since / 10)) + speed * exp(- s.since / 10), paged_at = clock_timestamp()
     from (select greatest(extract(epoch from clock_timestamp() - coalesce(paged_at, started_at)), 0.001)::float8 since
       from launch where id = $1) s
     where id = $1`,
    [
      launch,
      cursor,
      looked,
      entered,
      JSON.stringify(refused),
      ids.length > 0 ? Math.min(...ids) : null,
      nextAt,
      gone,
      ids.length > 0 ? Math.max(...ids) : null,
    ],
    'note-progress',
  )
}

function added(before: Record<string, number>, more: Map<string, unknown[]>): Record<string, number> {
  const sums = [...more].map(([code, all]): [string, number] => [code, (before[code] ?? 0) + all.length])
  return { ...before, ...Object.fromEntries(sums) }
}

async function over(
  tx: Tx,
  { id, flow }: Pick<HeldLaunch, 'id' | 'flow'>,
  ending: Ending = { state: 'done', reason: null },
): Promise<Paged> {
  await endLaunch(tx, id, ending)
  return nobodyOf(flow)
}

async function failed(tx: Tx, launch: number, reason: Reason): Promise<Paged> {
  await endLaunch(tx, launch, { state: 'failed', reason })
  return nobodyOf(0)
}

const nobodyOf = (flow: number): Paged => ({ over: true, flow, version: null, entered: 0, wait: 0 })
