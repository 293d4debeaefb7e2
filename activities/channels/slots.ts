export interface Slots {
  /** Waits for a place, first come first served; the answer gives it back. */
  take(): Promise<() => void>
  /** Resolves once every place is free and nobody waits. */
  drained(): Promise<void>
}

/** `size` places for work that may run at once. */
export function slotsOf(size: number): Slots {
  let free = size
  const waiting: (() => void)[] = []
  const watching: (() => void)[] = []

  const release = (): void => {
    const next = waiting.shift()
    if (next) return next()
    free += 1
    if (free === size) for (const tell of watching.splice(0)) tell()
  }
  const once = (): (() => void) => {
    let given = false
    return () => {
      if (!given) release()
      given = true
    }
  }

  return {
    async take() {
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => waiting.push(resolve))
      return once()
    },
    async drained() {
      if (free < size) await new Promise<void>((resolve) => watching.push(resolve))
    },
  }
}
