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
import { forgetDoneTests } from '../../db/forget-tests.ts'
import { forgetOldVersions } from '../../db/forget-versions.ts'
import { ensurePartitions } from '../../db/partitions.ts'
import type { Db } from '../../db/pool.ts'
import { seeThrough } from '../../db/see-through.ts'
import { alone } from './alone.ts'
import { startAlarm } from './dispatch.ts'

interface Deps {
  db: Db
  client: Client
  /** Hands over again what operators asked for in this workspace. */
  resend(workspace: number): Promise<void>
  onFault(what: string, error: unknown): void
}

/** Dead processes are looked for often, so that sending goes on within ten seconds; the rest costs more and can wait. */
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
  let open = true
  let lookedAt = 0
  let running: Promise<void> = Promise.resolve()
  const round = async (): Promise<void> => {
    const seldom = Date.now() - lookedAt >= SELDOM
    const ours = await alone(deps.db, RECONCILER_LOCK, async () => {
      await freeLapsed(deps.db)
      await deps.db.outside(ringOverdue)
      if (seldom) await compare(deps)
    })
    if (ours && seldom) lookedAt = Date.now()
  }
  const timer = setInterval(() => {
    if (open) running = running.then(round).catch((error) => deps.onFault('reconciler', error))
  }, OFTEN)
  return {
    async close() {
      open = false
      clearInterval(timer)
      await running
    },
  }
}

/** Any number that nobody else locks. */
export const RECONCILER_LOCK = 7_021_977

async function freeLapsed(db: Db): Promise<void> {
  const walks = await db.outside(lapsedWalks)
  for (const walk of walks) await db.inWorkspace(walk.workspace, (tx) => freeWalk(tx, walk.id))
}

async function compare(deps: Deps): Promise<void> {
  const { db, client } = deps
  await freeUnknownToTemporal(deps)
  for (const alarm of await db.outside((tx) => alarmsDue(tx, HORIZON)))
    await startAlarm(client, alarm, 'urgent')
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
