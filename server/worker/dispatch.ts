import { setTimeout as pause } from 'node:timers/promises'
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client'
import type { Alarm } from '../../db/hot/alarms.ts'
import { STAND_CHANNEL, takeStand, type Lane, type Taken } from '../../db/hot/stands.ts'
import type { Db } from '../../db/pool.ts'
import { alarmId, TASK_QUEUE, WALK, type WalkInput } from '../../workflows/names.ts'

export interface Dispatch {
  onReady(stand: number, callback: () => void): () => void
  startAlarms(alarms: Alarm[]): void
  close(): Promise<void>
}

interface Deps {
  db: Db
  /** On the worker's own connection: a walk then starts eagerly, in this process. */
  client: Client
  onFault(what: string, error: unknown): void
}

const PATIENCE = 2_000

/**
 * Ready members → walks. It clocks itself: while a stand has a walk, that walk is told and claims again; only a stand
 * without one gets one. Every time window that was tried instead made members wait longer (measured).
 */
export async function openDispatch(deps: Deps): Promise<Dispatch> {
  const listeners = new Map<number, Set<() => void>>()
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

  const stop = await deps.db.listen(
    STAND_CHANNEL,
    (payload) => {
      const stand = Number(payload)
      for (const callback of listeners.get(stand) ?? []) callback()
      void look(stand)
    },
    () => {},
  )

  return {
    onReady(stand, callback) {
      const known = listeners.get(stand) ?? new Set()
      listeners.set(stand, known.add(callback))
      return () => {
        known.delete(callback)
        if (known.size === 0 && listeners.get(stand) === known) listeners.delete(stand)
      }
    },
    startAlarms(alarms) {
      for (const alarm of alarms) void startAlarm(deps.client, alarm, 'urgent').catch(() => {})
    },
    async close() {
      open = false
      await stop()
    },
  }
}

/** Wins a stand and starts its walk, trying again while Temporal cannot be had: the stand is ours until then. */
async function take({ db, client, onFault }: Deps, stand: number, isOpen: () => boolean): Promise<void> {
  const taken = await db.outside((tx) => takeStand(tx, stand, null))
  for (let wait = 100; taken && isOpen(); wait = Math.min(wait * 2, PATIENCE)) {
    try {
      return await startWalk(client, stand, taken)
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return
      onFault('start of a walk', error)
      await pause(wait)
    }
  }
}

async function startWalk(client: Client, stand: number, { walk, workflowId, lane }: Taken): Promise<void> {
  const input: WalkInput = { stand, lane, walk }
  await client.workflow.start(WALK, { workflowId, taskQueue: TASK_QUEUE[lane], args: [input], requestEagerStart: true })
}

/** Puts an alarm to sleep. One that sleeps already is the same alarm. */
export async function startAlarm(client: Client, { stand, at }: Alarm, lane: Lane): Promise<void> {
  const input: WalkInput = { stand, lane, alarm: at }
  await client.workflow
    .start(WALK, { workflowId: alarmId(stand, at), taskQueue: TASK_QUEUE[lane], args: [input] })
    .catch((error: unknown) => {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    })
}
