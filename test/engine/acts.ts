import { pauseFlow, resumeFlow, stopFlow, type Clocks } from '../../db/flow-acts.ts'
import { holdFlow, type FlowRow } from '../../db/flows.ts'
import type { Tx } from '../../db/pool.ts'
import { publishVersion } from '../../db/publish.ts'
import { retryDeadlock } from '../../db/retry-deadlock.ts'
import { seeThrough } from '../../db/see-through.ts'
import { compile } from '../../flow/compile.ts'
import type { FlowDocument } from '../../flow/document.ts'
import type { World } from './world.ts'

/** What people do to a flow with members inside, as the routes do it. Nobody is carried meanwhile. */
export function actsOn({ db, workspace }: Pick<World, 'db' | 'workspace'>) {
  async function act<T>(flow: number, work: (tx: Tx, flow: FlowRow) => Promise<T>): Promise<T> {
    const answer = await retryDeadlock(() =>
      db.inWorkspace(workspace, async (tx) => work(tx, await holdFlow(tx, flow))),
    )
    await seeThrough(db, { workspace, flow })
    return answer
  }
  return {
    pause: (flow: number) => act(flow, pauseFlow),
    resume: (flow: number, clocks: Clocks) => act(flow, (tx, row) => resumeFlow(tx, row, clocks)),
    stop: (flow: number, inside: 'finish' | 'exit') => act(flow, (tx, row) => stopFlow(tx, row.id, inside)),
    /** Publishes a new version and moves whoever can be moved; answers its number. */
    move: (flow: number, document: FlowDocument) =>
      act(flow, async (tx, row) => {
        const publishing = { flow: row, document, plan: compile(document), note: null, author: 'test' }
        const { number } = await publishVersion(tx, { ...publishing, inside: 'move' })
        return number
      }),
  }
}
