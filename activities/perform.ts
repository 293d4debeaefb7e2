import { setTimeout as pause } from 'node:timers/promises'
import type { Done, Effect } from './effect.ts'
import type { Engine } from './engine.ts'
import { untilDone } from './until-done.ts'

export interface Performing<J, S> {
  jobs: J[]
  report: (done: Done<J, S>) => void
}

/** Prepares, has granted, and does. Every job is reported once; nothing throws. */
export async function perform<J, P extends { job: J }, S>(
  engine: Pick<Engine, 'lease' | 'onFault'>,
  effect: Effect<J, P, S>,
  { jobs, report: tell }: Performing<J, S>,
): Promise<void> {
  const reported = new Set<J>()
  const report = (done: Done<J, S>): void => {
    reported.add(done.job)
    tell(done)
  }
  const lease = engine.lease()
  try {
    const fit: P[] = []
    for (const one of await effect.prepare(jobs)) {
      const settlement = effect.unfit(one)
      if (settlement === null) fit.push(one)
      else report({ job: one.job, settlement })
    }
    const granted = new Set(fit.length > 0 ? await effect.grant(fit, lease) : [])
    for (const one of granted) void effect.act(one).then((settlement) => report({ job: one.job, settlement }))
    if (granted.size < fit.length) await pause(REFUSAL_PAUSE)
    for (const one of fit) if (!granted.has(one)) report({ job: one.job, settlement: null })
  } catch (error) {
    engine.onFault('granting', error)
    const unreported = jobs.filter((job) => !reported.has(job))
    // A grant whose commit was not confirmed may have been stored; nothing of it was acted on.
    await untilDone(engine, 'taking a grant back', () => effect.takeBack(unreported, lease))
    await pause(FAULT_PAUSE)
    for (const job of unreported) report({ job, settlement: null })
  }
}

/** A refused grant is decided again at once; while its cause lasts (a lapsed lease), not in a busy loop. */
const REFUSAL_PAUSE = 20
const FAULT_PAUSE = 100
