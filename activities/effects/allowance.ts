import { setTimeout as pause } from 'node:timers/promises'
import { takeBudget } from '../../db/hot/budget.ts'
import type { Engine } from '../engine.ts'
import type { MessageJob } from '../job.ts'
import { untilDone } from '../until-done.ts'

/** A wait is no longer than this, in ms: the rate may be raised meanwhile. */
const LONGEST = 1_000

/**
 * How many of these messages, all of one transport, may be granted now by its rate; waits until one may. The transport
 * is known by its settings in this process, the bucket by all. None in a process that ends.
 */
export async function allowance(
  engine: Pick<Engine, 'db' | 'courier' | 'closing' | 'onFault'>,
  workspace: number,
  jobs: MessageJob[],
): Promise<number> {
  const [first] = jobs
  if (!first) return 0
  for (;;) {
    const perSecond = await untilDone(engine, 'reading a rate', () => engine.courier.rateOf(workspace, first))
    if (perSecond === null) return jobs.length
    const { n, inMs } = await untilDone(engine, 'keeping to a rate', () =>
      engine.db.outside((tx) =>
        takeBudget(tx, { transport: first.message.transport, perSecond, wanted: jobs.length }),
      ),
    )
    if (n > 0) return n
    if (engine.closing.aborted) return 0
    await pause(Math.min(inMs, LONGEST))
  }
}
