import { setTimeout as pause } from 'node:timers/promises'
import { enterLaunchPage, type Paged } from '../db/launch-page.ts'
import { roomAhead } from '../db/launch-room.ts'
import { failSlowLaunch, workspaceOfLaunch } from '../db/launches.ts'
import { isTooSlow } from '../db/time-limit.ts'
import type { Engine } from './engine.ts'

export interface LaunchEngine extends Pick<Engine, 'db' | 'memory' | 'moved' | 'closing' | 'onFault'> {
  /** Tells open screens that a launch has come further; many tellings within a second become one. */
  progressed(workspace: number, launch: number): void
}

/** After this long it answers, so that a launch of hours leaves a few lines of history a minute. */
const SPAN = 60_000
/** Whoever waits looks again after this long at the latest: the launch may have been paused, or given another pace. */
const LOOK_EVERY = 1_000
/** By then some of those who wait at the start have been taken up. */
const FULL = 250

/** Lets the members of a launch enter page by page; each page is a transaction of its own. */
export async function enterNext(
  engine: LaunchEngine,
  launch: number,
  stopping: AbortSignal,
): Promise<{ over: boolean }> {
  const { db, memory, moved, progressed } = engine
  let version: number | null = null
  let room = 0
  for (const started = Date.now(); !stopping.aborted && Date.now() - started < SPAN;) {
    const workspace = await db.outside((tx) => workspaceOfLaunch(tx, launch))
    if (workspace === undefined) return { over: true }
    if (version !== null && room <= 0) {
      const into: number = version
      room = await db.inWorkspace(workspace, (tx) => roomAhead(tx, memory, into))
    }
    if (version !== null && room <= 0) {
      await waitFor(FULL, stopping)
      continue
    }
    const paged = await enterPage(engine, workspace, launch)
    moved(workspace, paged.flow)
    progressed(workspace, launch)
    if (paged.over) return { over: true }
    version = paged.version
    room -= paged.entered
    if (paged.wait > 0) await waitFor(Math.min(paged.wait, LOOK_EVERY), stopping)
  }
  return { over: false }
}

/** Shorter for a worker that shuts down. */
async function waitFor(ms: number, stopping: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal: stopping }).catch(() => {})
}

async function enterPage({ db, memory }: LaunchEngine, workspace: number, launch: number): Promise<Paged> {
  try {
    return await db.inWorkspace(workspace, (tx) => enterLaunchPage(tx, memory, launch))
  } catch (error) {
    if (!isTooSlow(error)) throw error
    await db.inWorkspace(workspace, (tx) => failSlowLaunch(tx, launch))
    return { over: true, flow: 0, version: null, entered: 0, wait: 0 }
  }
}
