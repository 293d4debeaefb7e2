import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Runtime, Worker, type NativeConnection } from '@temporalio/worker'
import type { Logger } from 'pino'
import type { LaunchActivities } from '../../activities/launch-activities.ts'
import type { WalkActivities } from '../../activities/walk-activities.ts'
import type { Lane } from '../../db/hot/stands.ts'
import { TASK_QUEUE } from '../../workflows/names.ts'

const BUNDLE = fileURLToPath(new URL('bundle.ts', import.meta.url))
const LANES = ['urgent', 'bulk'] as const satisfies Lane[]

export interface Lanes {
  connection: NativeConnection
  workflowBundle: { code: string }
  activities(lane: Lane): WalkActivities & LaunchActivities
}

/**
 * The workflows as one script; takes a second, so it is made before a worker says that it is there. The bundler is a
 * process of its own: what it needs is given back (470 → 335 MB at the worker's largest, measured).
 */
export async function bundleWorkflows(): Promise<{ code: string }> {
  const { stdout } = await promisify(execFile)(process.execPath, [BUNDLE], { maxBuffer: 100_000_000 })
  return { code: stdout }
}

/** One Temporal worker per lane, each with its own slots, so that a campaign never delays a single event. */
export async function openLanes({ connection, workflowBundle, activities }: Lanes): Promise<Worker[]> {
  const options = {
    connection,
    workflowBundle,
    maxCachedWorkflows: 500,
    maxConcurrentWorkflowTaskExecutions: 40,
    // After a worker's death its sticky queue would otherwise stall its walks for 10 s (19.6 → 10.1 s, measured).
    stickyQueueScheduleToStartTimeout: '1 s',
    shutdownGraceTime: '20 s',
    shutdownForceTime: '30 s',
  } as const
  return Promise.all(
    LANES.map((lane) =>
      Worker.create({ ...options, taskQueue: TASK_QUEUE[lane], activities: { ...activities(lane) } }),
    ),
  )
}

/** Temporal's own log lines become ours. Once per process, before the first connection. */
export function installRuntime(log: Logger): void {
  const quiet = (level: 'warn' | 'error') => (message: string) => log[level]({ from: 'temporal' }, message)
  const nothing = (): void => {}
  Runtime.install({
    shutdownSignals: [], // the process entry ends everything in order
    logger: {
      log: (level, message) => (level === 'ERROR' ? quiet('error')(message) : nothing()),
      trace: nothing,
      debug: nothing,
      info: nothing,
      warn: quiet('warn'),
      error: quiet('error'),
    },
    telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
  })
}
