import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client'
import type { LaneAlarm } from '../../db/hot/alarms.ts'
import { standingWorkspaces, wakeOverdue } from '../../db/hot/free.ts'
import { STAND_CHANNEL, takeStand } from '../../db/hot/stands.ts'
import type { Db } from '../../db/pool.ts'
import { alarmId, TASK_QUEUE, WALK, type WalkInput } from '../../workflows/names.ts'
import { openListeners } from './listeners.ts'

export interface Dispatch {
  onReady(stand: number, callback: () => void): () => void
  startAlarms(alarms: LaneAlarm[]): void
  close(): Promise<void>
}

interface Deps {
  db: Db
  /** On the worker's own connection: a walk then starts eagerly, in this process. */
  client: Client
  lease(): number
  onFault(what: string, error: unknown): void
}

const PATIENCE = 2_000
const LOOK_LATER = 50

/**
 * Ready members → walks. It clocks itself: while a stand has a walk, that walk is told and claims again; only a stand
 * without one gets one. Every time window that was tried instead made members wait longer (measured).
 */
export async function openDispatch(deps: Deps): Promise<Dispatch> {
  const listeners = openListeners()
  const looking = new Map<number, boolean>()
  let open = true

  async function look(stand: number): Promise<void> {
    if (looking.has(stand)) return void looking.set(stand, true)
    do {
      looking.set(stand, false)
      await take(deps, stand, () => open).catch((error) => deps.onFault('dispatch', error))
    } while (looking.get(stand) && open)
    looking.delete(stand)
  }

  const lookLater = laterEach((stand) => void look(stand))
  const catchUp = (): void =>
    void persist(
      deps,
      () => open,
      () => announceAll(deps.db),
    )
  const stop = await deps.db.listen(
    STAND_CHANNEL,
    (payload) => {
      const stand = Number(payload)
      if (listeners.tell(stand)) lookLater(stand) // should its walk have ended in this very moment
      else void look(stand)
    },
    catchUp,
  )
  catchUp()

  return {
    onReady: listeners.add,
    startAlarms(alarms) {
      for (const alarm of alarms) void startAlarm(deps.client, alarm).catch(() => {})
    },
    async close() {
      open = false
      await stop()
    },
  }
}

/** Calls back for each stand a little later, once for all that was asked in between. */
function laterEach(callback: (stand: number) => void): (stand: number) => void {
  const asked = new Set<number>()
  return (stand) => {
    if (asked.has(stand)) return
    asked.add(stand)
    setTimeout(() => {
      asked.delete(stand)
      callback(stand)
    }, LOOK_LATER).unref()
  }
}

/** Notices that went out while nobody listened are lost: whoever begins to listen has them given again. */
async function announceAll(db: Db): Promise<void> {
  for (const workspace of await db.outside(standingWorkspaces)) {
    await db.inWorkspace(workspace, (tx) => wakeOverdue(tx, 0))
  }
}

/**
 * Wins a stand and starts its walk, trying again while the database or Temporal cannot be had. The workflow is named
 * first, so that a win whose answer was lost is found again; the stand is ours until the walk has started.
 */
async function take(deps: Deps, stand: number, isOpen: () => boolean): Promise<void> {
  const { db, client, lease } = deps
  const workflowId = `walk-${randomUUID()}`
  const taken = await persist(deps, isOpen, () =>
    db.outside((tx) => takeStand(tx, stand, { workflowId, lease: lease() })),
  )
  const start = { workflowId, requestEagerStart: true }
  if (taken) await persist(deps, isOpen, () => startOnce(client, { stand, ...taken }, start))
}

async function persist<T>(
  { onFault }: Deps,
  isOpen: () => boolean,
  work: () => Promise<T>,
): Promise<T | undefined> {
  for (let wait = 100; isOpen(); wait = Math.min(wait * 2, PATIENCE)) {
    try {
      return await work()
    } catch (error) {
      onFault('dispatch', error)
      await pause(wait)
    }
  }
  return undefined
}

/** Puts an alarm to sleep. One that sleeps already is the same alarm. */
export function startAlarm(client: Client, { stand, at, lane }: LaneAlarm): Promise<void> {
  return startOnce(client, { stand, lane, alarm: at }, { workflowId: alarmId(stand, at) })
}

async function startOnce(client: Client, input: WalkInput, options: StartOptions): Promise<void> {
  try {
    await client.workflow.start(WALK, { ...options, taskQueue: TASK_QUEUE[input.lane], args: [input] })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
  }
}

interface StartOptions {
  workflowId: string
  requestEagerStart?: boolean
}
