import { comesAgain, lastRun, nextRun } from '../flow/cron-runs.ts'
import { readCron, type Cron } from '../flow/cron.ts'
import type { PlanTrigger } from '../flow/plan.ts'
import type { Reason } from '../flow/reason.ts'
import { triggerOf } from '../flow/trigger-of.ts'
import { beginLaunch } from './launches.ts'
import type { Memory } from './memory.ts'
import type { Tx } from './pool.ts'
import { moveWatch, type HeldWatch } from './watches.ts'

/** A run that was missed is made up for within this time. */
const CATCH_UP = 3_600_000
/** Temporal brings each run; one it has not brought by then is brought by the look at its watch. */
const GRACE = 15_000
/** Older runs that were missed are noted one by one, as far as anybody will read. */
const NOTED_AT_MOST = 100

type Schedule = Extract<PlanTrigger, { by: 'schedule' }>

/** When a schedule runs, on which clock. */
interface RunClock {
  cron: Cron
  zone: string
}

export function runClock({ cron: text, timeZone }: Schedule): RunClock {
  const cron = readCron(text)
  if (typeof cron === 'string') throw new Error('a schedule was published with a cron that cannot be read')
  return { cron, zone: timeZone }
}

/** The schedule of a version; undefined when it has none. */
export async function scheduleOf(tx: Tx, memory: Memory, version: number): Promise<RunClock | undefined> {
  const trigger = triggerOf((await memory.version(tx, version)).plan)
  return trigger.by === 'schedule' ? runClock(trigger) : undefined
}

/**
 * Launches the flow for one instant of its schedule, exactly once, or notes why not. Nothing happens when the version
 * takes no entries any more.
 */
export async function strike(
  tx: Tx,
  memory: Memory,
  { version, at }: { version: number; at: number },
): Promise<number | undefined> {
  const [flow] = await tx.rows<{ id: number; now: Date }>(
    `select id, now() now from flow where version = $1 and state in ('live', 'paused') for share`,
    [version],
  )
  if (!flow) return undefined
  const { plan } = await memory.version(tx, version)
  const trigger = triggerOf(plan)
  if (trigger.by !== 'schedule') return undefined
  const skipped = late(trigger, at, flow.now.getTime()) ?? (await overlapping(tx, flow.id))
  const of = { audience: trigger.audience }
  return beginLaunch(tx, { flow: flow.id, of, author: 'schedule', scheduledAt: at, skipped })
}

/** Of several runs that are due only the newest is run, and none that is too late. */
function late(trigger: Schedule, at: number, now: number): Reason | null {
  const { cron, zone } = runClock(trigger)
  if (comesAgain(cron, zone, at)) return { code: 'schedule-again' }
  const newer = nextRun(cron, zone, at) ?? Infinity
  return at < now - CATCH_UP || newer <= now ? { code: 'schedule-missed' } : null
}

async function overlapping(tx: Tx, flow: number): Promise<Reason | null> {
  const running = await tx.rows(
    `select 1 from launch where flow = $1 and state in ('running', 'paused') and scheduled_at is not null limit 1`,
    [flow],
  )
  return running.length > 0 ? { code: 'schedule-overlap' } : null
}

/** Makes up for the runs that Temporal did not bring, and comes back after the next one. */
export async function lookAtSchedule(
  tx: Tx,
  memory: Memory,
  { watch, trigger }: { watch: HeldWatch; trigger: Schedule },
): Promise<boolean> {
  const { cron, zone } = runClock(trigger)
  const until = watch.now.getTime()
  const since = watch.seen_until.getTime()
  const missed: number[] = []
  for (let at = lastRun(cron, zone, { since, until }); at !== null && missed.length < NOTED_AT_MOST;) {
    missed.unshift(at)
    at = lastRun(cron, zone, { since, until: at - 1 })
  }
  for (const at of missed) await strike(tx, memory, { version: watch.version, at })
  const next = nextRun(cron, zone, until)
  return moveWatch(tx, watch, { next: new Date((next ?? until + CATCH_UP) + GRACE), seenUntil: watch.now })
}
