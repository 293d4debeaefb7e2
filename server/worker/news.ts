import { encodeId } from '../../db/ids.ts'
import { tellLive } from '../../db/live.ts'
import type { Db } from '../../db/pool.ts'

export interface News {
  moved(workspace: number, flow: number): void
  close(): Promise<void>
}

const AT_MOST_EVERY = 1_000

/** Tells open screens which flows have moved, once a second at most, however fast members move. */
export function openNews(db: Db): News {
  const flows = new Map<number, number>()
  const tell = async (): Promise<void> => {
    const told = [...flows]
    flows.clear()
    for (const [workspace, own] of Map.groupBy(told, ([, workspace]) => workspace)) {
      const data = { flows: own.map(([flow]) => encodeId('flow', flow)) }
      await db.outside((tx) => tellLive(tx, { workspace, topic: 'flows', data }))
    }
  }
  const timer = setInterval(() => void tell().catch(() => {}), AT_MOST_EVERY)
  return {
    moved: (workspace, flow) => void flows.set(flow, workspace),
    async close() {
      clearInterval(timer)
      await tell().catch(() => {})
    },
  }
}
