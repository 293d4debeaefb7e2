import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client'
import { enterByDate } from '../../db/date-entries.ts'
import { openLaunches } from '../../db/launches.ts'
import { lookAtTrigger } from '../../db/look.ts'
import type { Memory } from '../../db/memory.ts'
import type { Db } from '../../db/pool.ts'
import { TRIGGERS_CHANNEL } from '../../db/trigger-notice.ts'
import { dueWatches, watchesOf } from '../../db/watches.ts'
import { LAUNCH, launchId, TASK_QUEUE, type LaunchInput } from '../../workflows/names.ts'
import { alone } from './alone.ts'
import { openRounds } from './rounds.ts'
import { compareSchedules } from './schedules.ts'

interface Deps {
  db: Db
  memory: Memory
  client: Client
  onFault(what: string, error: unknown): void
}

const LOOK_EVERY = 1_000
const ENTER_EVERY = 3_000
const COMPARE_EVERY = 30_000
/** Temporal lists a schedule a moment after it was made: one that is replaced right away is seen to be there by then. */
const LISTED_AFTER = 1_500
/** Often: the run of a launch that is resumed may be just ending, and is to be started when it has. */
const LAUNCH_EVERY = 3_000
/** Any numbers that nobody else locks. */
const COMPARE_LOCK = 7_021_978
const LAUNCH_LOCK = 7_021_983

/**
 * Brings members to the flows that no event starts: looks at triggers that are due, lets members enter on their dates,
 * and makes Temporal's launches and schedules equal the rows. Every worker does; rows say who does what.
 */
export async function openTriggers(deps: Deps): Promise<{ close(): Promise<void> }> {
  const rounds = (what: string, everyMs: number, work: (isOpen: () => boolean) => Promise<unknown>) =>
    openRounds({ everyMs, work, onFault: (error) => deps.onFault(what, error) })
  const looks = rounds('look at triggers', LOOK_EVERY, (isOpen) => look(deps, isOpen))
  const dates = rounds('entries by date', ENTER_EVERY, (isOpen) => enterOnDates(deps, isOpen))
  const launches = rounds('launches', LAUNCH_EVERY, () =>
    alone(deps.db, LAUNCH_LOCK, () => startLaunches(deps)),
  )
  const schedules = rounds('schedules', COMPARE_EVERY, () =>
    alone(deps.db, COMPARE_LOCK, () => compareSchedules(deps)),
  )
  const noticed = (): void => {
    launches.soon()
    schedules.soon()
    setTimeout(schedules.soon, LISTED_AFTER).unref()
  }
  const deaf = await deps.db.listen(TRIGGERS_CHANNEL, noticed, noticed)
  noticed()
  return {
    async close() {
      await deaf()
      await Promise.all([looks.close(), dates.close(), launches.close(), schedules.close()])
    },
  }
}

/** A page for each trigger in turn, so that a crowd at one does not keep another waiting. */
async function look({ db, memory, onFault }: Deps, isOpen: () => boolean): Promise<void> {
  let due = await db.outside(dueWatches)
  while (due.length > 0 && isOpen()) {
    const more: typeof due = []
    for (const watch of due) {
      const page = db.inWorkspace(watch.workspace, (tx) => lookAtTrigger(tx, memory, watch.flow))
      const goesOn = await page.catch((error: unknown) => onFault('look at a trigger', error))
      if (goesOn) more.push(watch)
    }
    due = more
  }
}

async function enterOnDates({ db, memory }: Deps, isOpen: () => boolean): Promise<void> {
  for (const { workspace, flow } of await db.outside((tx) => watchesOf(tx, 'date'))) {
    const batch = () => db.inWorkspace(workspace, (tx) => enterByDate(tx, memory, flow))
    while (isOpen() && (await batch()) > 0);
  }
}

async function startLaunches({ db, client }: Deps): Promise<void> {
  for (const launch of await db.outside(openLaunches)) await startLaunch(client, launch)
}

/** One that runs already is the same launch; one that was terminated goes on where its row says. */
async function startLaunch(client: Client, launch: number): Promise<void> {
  const args: [LaunchInput] = [{ launch }]
  try {
    await client.workflow.start(LAUNCH, { workflowId: launchId(launch), taskQueue: TASK_QUEUE.bulk, args })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
  }
}
