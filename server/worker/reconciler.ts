import { WorkflowNotFoundError, type Client } from '@temporalio/client'
import { alarmsDue, ringOverdue } from '../../db/hot/alarms.ts'
import {
  freeOrphans,
  freeWalk,
  lapsedWalks,
  olderWalks,
  standingWorkspaces,
  wakeOverdue,
  type OpenWalk,
} from '../../db/hot/free.ts'
import { holdBackLeases } from '../../db/hot/leases.ts'
import { forgetDoneTests } from '../../db/forget-tests.ts'
import { forgetOldVersions } from '../../db/forget-versions.ts'
import { ensurePartitions } from '../../db/partitions.ts'
import type { Db } from '../../db/pool.ts'
import { seeThrough } from '../../db/see-through.ts'
import { alone } from './alone.ts'
import { startAlarm } from './dispatch.ts'
import { openRounds, type Rounds } from './rounds.ts'

interface Deps {
  db: Db
  client: Client
  /** Hands over again what operators asked for in this workspace. */
  resend(workspace: number): Promise<void>
  onFault(what: string, error: unknown): void
}

/**
 * Dead processes are looked for often, so that sending goes on within ten seconds. The rest can wait, and takes long when
 * there is much to make up for (a crowd that is moved, thousands of alarms), so the two are rounds of their own.
 */
const OFTEN = 1_000
const SELDOM = 30_000
/** Members due for longer than this should have a walk by now. */
const LATE = 2_000
/** Alarms due sooner than this are made sure of at every look. */
const HORIZON = 90_000

/**
 * Makes Temporal equal the database, in one worker at a time: a lost notice, a terminated walk, a wiped Temporal or a
 * dead process all end with every ready member carried again.
 */
export function openReconciler(deps: Deps): { close(): Promise<void> } {
  const rounds = (work: () => Promise<unknown>): Rounds =>
    openRounds({ everyMs: OFTEN, work, onFault: (error) => deps.onFault('reconciler', error) })
  let comparedAt = -Infinity
  const freeing = rounds(() => alone(deps.db, RECONCILER_LOCK, () => freeDead(deps.db)))
  const comparing = rounds(async () => {
    if (performance.now() - comparedAt < SELDOM) return
    if (await alone(deps.db, COMPARE_LOCK, () => compare(deps))) comparedAt = performance.now()
  })
  return {
    async close() {
      await Promise.all([freeing.close(), comparing.close()])
    },
  }
}

/** Any numbers that nobody else locks. */
export const RECONCILER_LOCK = 7_021_977
const COMPARE_LOCK = 7_021_979

async function freeDead(db: Db): Promise<void> {
  await db.outside(holdBackLeases)
  await freeLapsed(db)
  await db.outside(ringOverdue)
}

async function freeLapsed(db: Db): Promise<void> {
  const walks = await db.outside(lapsedWalks)
  for (const walk of walks) await db.inWorkspace(walk.workspace, (tx) => freeWalk(tx, walk.id))
}

async function compare(deps: Deps): Promise<void> {
  const { db, client } = deps
  await freeUnknownToTemporal(deps)
  for (const alarm of await db.outside((tx) => alarmsDue(tx, HORIZON))) await startAlarm(client, alarm)
  for (const workspace of await db.outside(standingWorkspaces)) {
    await db.inWorkspace(workspace, freeOrphans)
    await db.inWorkspace(workspace, (tx) => wakeOverdue(tx, LATE))
    await db.inWorkspace(workspace, forgetDoneTests)
    await db.inWorkspace(workspace, forgetOldVersions)
    await seeThrough(db, { workspace, flow: null })
    await deps.resend(workspace)
  }
  await db.outside(ensurePartitions)
}

async function freeUnknownToTemporal({ db, client }: Deps): Promise<void> {
  for (let after = 0; ;) {
    const walks = await db.outside((tx) => olderWalks(tx, after))
    for (const walk of walks) {
      if (!(await isRunning(client, walk)))
        await db.inWorkspace(walk.workspace, (tx) => freeWalk(tx, walk.id))
    }
    const last = walks.at(-1)
    if (!last) return
    after = last.id
  }
}

async function isRunning(client: Client, walk: OpenWalk): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(walk.workflow_id).describe()
    return status.name === 'RUNNING'
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}
