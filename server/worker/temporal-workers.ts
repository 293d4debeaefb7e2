import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, Runtime, Worker, type NativeConnection } from '@temporalio/worker'
import type { Logger } from 'pino'
import type { LaunchActivities } from '../../activities/launch-activities.ts'
import type { WalkActivities } from '../../activities/walk-activities.ts'
import { TASK_QUEUE } from '../../workflows/names.ts'

const WORKFLOWS = fileURLToPath(new URL('../../workflows/all.ts', import.meta.url))
const QUEUES = Object.values(TASK_QUEUE)

export type WorkflowBundle = Awaited<ReturnType<typeof bundleWorkflowCode>>

export interface Lanes {
  connection: NativeConnection
  workflowBundle: WorkflowBundle
  activities: WalkActivities & LaunchActivities
}

/** The workflows as one script; takes a second, so it is made before a worker says that it is there. */
export async function bundleWorkflows(): Promise<WorkflowBundle> {
  return bundleWorkflowCode({ workflowsPath: WORKFLOWS, logger: Runtime.instance().logger })
}

/** One Temporal worker per lane, each with its own slots, so that a campaign never delays a single event. */
export async function openLanes({ connection, workflowBundle, activities }: Lanes): Promise<Worker[]> {
  const options = {
    connection,
    workflowBundle,
    activities: { ...activities },
    maxCachedWorkflows: 500,
    maxConcurrentWorkflowTaskExecutions: 40,
    // After a worker's death its sticky queue would otherwise stall its walks for 10 s (19.6 → 10.1 s, measured).
    stickyQueueScheduleToStartTimeout: '1 s',
    shutdownGraceTime: '20 s',
    shutdownForceTime: '30 s',
  } as const
  return Promise.all(QUEUES.map((taskQueue) => Worker.create({ ...options, taskQueue })))
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
