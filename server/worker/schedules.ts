import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
} from '@temporalio/client'
import type { Memory } from '../../db/memory.ts'
import type { Db } from '../../db/pool.ts'
import { scheduleOf } from '../../db/schedules.ts'
import { watchesOf, type Watch } from '../../db/watches.ts'
import { writeCron } from '../../flow/cron.ts'
import {
  SCHEDULE_PREFIX,
  SCHEDULED,
  scheduleId,
  TASK_QUEUE,
  type ScheduledInput,
} from '../../workflows/names.ts'

interface Deps {
  db: Db
  memory: Memory
  client: Client
}

/**
 * Makes Temporal's schedules equal the live versions. Those in Temporal are listed first: one that the rows, read after
 * it, do not want is no longer wanted. A flow that is paused keeps its schedule: members enter and rest at its start.
 */
export async function compareSchedules({ db, memory, client }: Deps): Promise<void> {
  const there = new Set<string>()
  for await (const { scheduleId: id } of client.schedule.list()) there.add(id)
  const watches = await db.outside((tx) => watchesOf(tx, 'schedule'))
  const wanted = new Map(watches.map((watch) => [scheduleId(watch.version), watch]))
  for (const id of there)
    if (id.startsWith(SCHEDULE_PREFIX) && !wanted.has(id))
      await unlessDone(client.schedule.getHandle(id).delete())
  for (const [id, watch] of wanted)
    if (!there.has(id)) await unlessDone(create({ db, memory, client }, watch))
}

/** What is done already was done by another worker, or is not listed yet. */
async function unlessDone(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning) && !(error instanceof ScheduleNotFoundError)) throw error
  }
}

async function create({ db, memory, client }: Deps, { workspace, version }: Watch): Promise<void> {
  const clock = await db.inWorkspace(workspace, (tx) => scheduleOf(tx, memory, version))
  if (!clock) return
  const args: [ScheduledInput] = [{ workspace, version }]
  await client.schedule.create({
    scheduleId: scheduleId(version),
    spec: { cronExpressions: [writeCron(clock.cron)], timezone: clock.zone },
    action: {
      type: 'startWorkflow',
      workflowType: SCHEDULED,
      workflowId: `${SCHEDULED}-${version}`,
      taskQueue: TASK_QUEUE.urgent,
      args,
    },
    // Whether a run is too late, or comes while the last one is under way, its row says: there it is noted, too.
    policies: { overlap: ScheduleOverlapPolicy.ALLOW_ALL, catchupWindow: '1 hour' },
  })
}
