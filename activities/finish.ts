import { heartbeat } from '@temporalio/activity'
import { dropWalk, takeUpWalk } from '../db/hot/stands.ts'
import { openCarrier } from './carrier.ts'
import type { Engine } from './engine.ts'
import { URGENT } from './pace.ts'
import { recover } from './segment.ts'

const LOOK_EVERY = 500

/**
 * Stays with the members whose sends outlasted their segment: the process that holds such a send writes its outcome,
 * this goes on with the member, and gives up what a dead process left in doubt. Ends when the walk carries nobody.
 */
export async function finish(engine: Engine, walk: number): Promise<void> {
  const taken = await engine.db.outside((tx) => takeUpWalk(tx, walk, engine.lease()))
  if (!taken) return
  const { stand } = taken
  const of = { stand, walk }
  const carrier = openCarrier(engine, of, URGENT)
  try {
    while (!(await engine.db.inWorkspace(stand.workspace, (tx) => dropWalk(tx, walk)))) {
      heartbeat()
      if (engine.closing.aborted && carrier.inFlight() === 0)
        throw new Error('This process ends; another one goes on.')
      await recover(engine, of, carrier)
      await carrier.heard(LOOK_EVERY)
    }
  } finally {
    engine.background(carrier.emptied())
  }
}
