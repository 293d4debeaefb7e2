import type { Done, Effect } from './effect.ts'
import type { Engine } from './engine.ts'
import { perform } from './perform.ts'

/** Does jobs of one kind, those that share a way out one after the other, the ways beside each other. */
export interface Pumps<J> {
  take(jobs: J[]): void
}

export interface Pumping<J, P extends { job: J }, S> {
  effect: Effect<J, P, S>
  /** By which way a job leaves: jobs of a slow one hold up no others. */
  wayOf(job: J): string | number
  /** How many of these, all of one way, may go now; waits until one may. Never rejects. */
  allowance(jobs: J[]): Promise<number>
  /** As many as a kill may leave granted on one way, and as an act may come too late for. */
  atMost: number
  report(done: Done<J, S>): void
  /** Gives back those that were not granted when the process was asked to end: others go on with them. */
  release(jobs: J[]): void
}

export function openPumps<J, P extends { job: J }, S>(engine: Engine, pumping: Pumping<J, P, S>): Pumps<J> {
  const pumps = new Map<string | number, Pumps<J>>()
  return {
    take(jobs) {
      for (const [way, own] of Map.groupBy(jobs, pumping.wayOf)) {
        const pump = pumps.get(way) ?? openPump(engine, pumping)
        pumps.set(way, pump)
        pump.take(own)
      }
    },
  }
}

/**
 * Has no more than so many jobs granted at a time; the others stay pending, where everything can stop them. Topped up
 * from half of it, so that grants stay few while connections stay busy.
 */
function openPump<J, P extends { job: J }, S>(
  engine: Engine,
  { effect, atMost, allowance, report, release }: Pumping<J, P, S>,
): Pumps<J> {
  const waiting: J[] = []
  let granted = 0
  let asking = false

  async function topUp(): Promise<void> {
    if (asking || waiting.length === 0 || granted > atMost / 2) return
    asking = true
    const allowed = await allowance(waiting.slice(0, atMost - granted))
    asking = false
    if (engine.closing.aborted) return release(waiting.splice(0))
    const jobs = waiting.splice(0, allowed)
    granted += jobs.length
    const told = (done: Done<J, S>): void => {
      granted -= 1
      report(done)
      void topUp()
    }
    void perform(engine, effect, { jobs, report: told })
    void topUp()
  }

  return {
    take(jobs) {
      waiting.push(...jobs)
      void topUp()
    },
  }
}
