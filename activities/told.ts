import { bareFailure } from './bare-failure.ts'
import type { Engine } from './engine.ts'

/** Runs an activity; of what fails the log is told all, and Temporal's histories the kind alone. */
export async function told<T>(
  { onFault }: Pick<Engine, 'onFault'>,
  what: string,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work
  } catch (error) {
    onFault(what, error)
    throw bareFailure(error)
  }
}
