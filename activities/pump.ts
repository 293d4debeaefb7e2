import type { Job } from './decide.ts'
import type { Done } from './perform.ts'

/** Hands messages over by one transport. */
export interface Pump {
  take(jobs: Job[]): void
}

type Perform = (jobs: Job[], report: (done: Done) => void) => void

/** As many as a kill may leave in doubt, and as an opt-out may come too late for. */
const GRANTED_AT_MOST = 100
/** Topped up from here, so that grants stay few while connections stay busy. */
const TOPPED_UP_AT = 50

/** Has no more than a hundred messages granted at a time; the others stay pending, where everything can stop them. */
export function openPump(perform: Perform, report: (done: Done) => void): Pump {
  const waiting: Job[] = []
  let granted = 0

  function topUp(): void {
    if (waiting.length === 0 || granted > TOPPED_UP_AT) return
    const jobs = waiting.splice(0, GRANTED_AT_MOST - granted)
    granted += jobs.length
    perform(jobs, (done) => {
      granted -= 1
      report(done)
      topUp()
    })
  }

  return {
    take(jobs) {
      waiting.push(...jobs)
      topUp()
    },
  }
}
