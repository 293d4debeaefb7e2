import { setTimeout as pause } from 'node:timers/promises'
import type { Engine } from './engine.ts'

const FIRST_PAUSE = 50
const LONGEST_PAUSE = 500

/** Does work that nobody else can do, through outages of the database and however long they last. */
export async function untilDone<T>(
  { onFault }: Pick<Engine, 'onFault'>,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  for (let wait = FIRST_PAUSE; ; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
    try {
      return await work()
    } catch (error) {
      onFault(what, error)
      await pause(wait)
    }
  }
}
