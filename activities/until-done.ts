import { setTimeout as pause } from 'node:timers/promises'
import type { Engine } from './engine.ts'

const OUTAGE_PAUSE = 500

/** Does work that nobody else can do, through outages of the database and however long they last. */
export async function untilDone<T>(
  { onFault }: Pick<Engine, 'onFault'>,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      onFault(what, error)
      await pause(OUTAGE_PAUSE)
    }
  }
}
