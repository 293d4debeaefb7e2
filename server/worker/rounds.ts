export interface Rounds {
  /** Asks for a round at once, or right after the one that runs. */
  soon(): void
  /** Waits for the round that runs. */
  close(): Promise<void>
}

interface Work {
  everyMs: number
  /** `isOpen`: false once the worker shuts down; long work stops then. */
  work(isOpen: () => boolean): Promise<unknown>
  onFault(error: unknown): void
}

/** Does work again and again, never beside itself. A round that fails is followed by the next one all the same. */
export function openRounds({ everyMs, work, onFault }: Work): Rounds {
  let open = true
  let asked = false
  let running: Promise<void> | undefined
  const run = async (): Promise<void> => {
    do {
      asked = false
      await work(() => open).catch(onFault)
    } while (asked && open)
    running = undefined
  }
  const timer = setInterval(() => {
    running ??= run()
  }, everyMs)
  return {
    soon() {
      asked = true
      if (open) running ??= run()
    },
    async close() {
      open = false
      clearInterval(timer)
      await running
    },
  }
}
