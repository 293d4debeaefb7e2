import { enterLaunchPage } from '../db/launch-page.ts'
import { workspaceOfLaunch } from '../db/launches.ts'
import type { Engine } from './engine.ts'

/** After this long it answers, so that a worker that shuts down need not wait. */
const SPAN = 2_000

/** Lets the members of a launch enter page by page; each page is a transaction of its own. */
export async function enterNext(
  { db, memory, moved }: Pick<Engine, 'db' | 'memory' | 'moved'>,
  launch: number,
): Promise<{ over: boolean }> {
  const workspace = await db.outside((tx) => workspaceOfLaunch(tx, launch))
  if (workspace === undefined) return { over: true }
  for (const started = Date.now(); ;) {
    const { over, flow } = await db.inWorkspace(workspace, (tx) => enterLaunchPage(tx, memory, launch))
    moved(workspace, flow)
    if (over || Date.now() - started > SPAN) return { over }
  }
}
