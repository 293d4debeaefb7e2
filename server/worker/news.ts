import { encodeId } from '../../db/ids.ts'
import { readLaunches } from '../../db/launches.ts'
import { tellLive } from '../../db/live.ts'
import type { Db } from '../../db/pool.ts'
import { launchProgress } from '../launches/launch-progress.ts'

export interface News {
  moved(workspace: number, flow: number): void
  progressed(workspace: number, launch: number): void
  close(): Promise<void>
}

const AT_MOST_EVERY = 1_000
/** A notice holds 8,000 bytes at most. */
const LAUNCHES_A_NOTE = 20

/** Tells open screens which flows have moved and how far launches have come, once a second at most, however fast. */
export function openNews(db: Db): News {
  const flows = new Map<number, number>()
  const launches = new Map<number, number>()
  const tell = async (): Promise<void> => {
    for (const { workspace, ids } of taken(flows)) {
      const data = { flows: ids.map((flow) => encodeId('flow', flow)) }
      await db.outside((tx) => tellLive(tx, { workspace, topic: 'flows', data }))
    }
    for (const { workspace, ids } of taken(launches)) {
      for (let at = 0; at < ids.length; at += LAUNCHES_A_NOTE)
        await db.inWorkspace(workspace, async (tx) => {
          const rows = await readLaunches(tx, ids.slice(at, at + LAUNCHES_A_NOTE))
          await tellLive(tx, { workspace, topic: 'launches', data: { launches: rows.map(launchProgress) } })
        })
    }
  }
  const timer = setInterval(() => void tell().catch(() => {}), AT_MOST_EVERY)
  return {
    moved: (workspace, flow) => void flows.set(flow, workspace),
    progressed: (workspace, launch) => void launches.set(launch, workspace),
    async close() {
      clearInterval(timer)
      await tell().catch(() => {})
    },
  }
}

/** What was noted since the last time, by workspace. */
function taken(noted: Map<number, number>): { workspace: number; ids: number[] }[] {
  const byWorkspace = Map.groupBy(noted, ([, workspace]) => workspace)
  noted.clear()
  return [...byWorkspace].map(([workspace, own]) => ({ workspace, ids: own.map(([id]) => id) }))
}
