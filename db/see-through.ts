import { outlastDecisions, WOKEN_AT_MOST, wakeHeld, wakeTakenOut } from './hot/wake.ts'
import { moveBatch, moveOver, movesUnderWay } from './move.ts'
import { takeOutOfLaunches } from './launch-exits.ts'
import type { Db, Tx } from './pool.ts'
import { retryDeadlock } from './retry-deadlock.ts'

/**
 * Wakes or moves, a few thousand at a time, everybody whom an act on a flow (null: on any flow of the workspace)
 * concerns: after the act, and by the reconciler, so that a process may die in between.
 */
export async function seeThrough(db: Db, of: { workspace: number; flow: number | null }): Promise<void> {
  const { workspace, flow } = of
  const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    retryDeadlock(() => db.inWorkspace(workspace, work))
  const all = async (batch: (tx: Tx) => Promise<number>): Promise<void> => {
    while ((await within(batch)) === WOKEN_AT_MOST);
  }
  await all((tx) => wakeHeld(tx, flow))
  await all((tx) => wakeTakenOut(tx, flow))
  for (const version of await within((tx) => movesUnderWay(tx, flow))) {
    await all((tx) => moveBatch(tx, version))
    await within((tx) => moveOver(tx, version))
  }
  if (flow === null) return takeOutOfLaunches(db, { workspace, launch: null })
  // Decisions that were being made when the act was may have rested somebody without knowing of it.
  await within((tx) => outlastDecisions(tx, flow))
  await all((tx) => wakeTakenOut(tx, flow))
}
