import { heartbeat } from '@temporalio/activity'

const EVERY = 1_000

/** Tells Temporal that this process lives while the work goes on: another one goes on soon after it does not. */
export async function beating<T>(work: Promise<T>): Promise<T> {
  const beat = setInterval(() => heartbeat(), EVERY)
  return work.finally(() => clearInterval(beat))
}
