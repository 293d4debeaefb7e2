import { setTimeout as pause } from 'node:timers/promises'

const TRIES = 5

/**
 * Does work again that PostgreSQL ended so that others could go on (a deadlock, a lost race): nothing of it was stored.
 * Only for work whose every effect is in its transaction.
 */
export async function retryDeadlock<T>(work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work()
    } catch (error) {
      if (tried === TRIES || !isLostRace(error)) throw error
      await pause(Math.random() * 20 * tried) // apart from each other, so that the same two do not meet again
    }
  }
}

/** deadlock_detected, serialization_failure */
function isLostRace(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '40P01' || error.code === '40001')
}
