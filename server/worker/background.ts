/** Work that outlasts the activity that began it. */
export interface Background {
  add(work: Promise<unknown>): void
  /** Resolves once all of it has ended, one way or the other. */
  ended(): Promise<void>
}

export function openBackground(onFault: (what: string, error: unknown) => void): Background {
  const under = new Set<Promise<unknown>>()
  return {
    add(work) {
      under.add(work)
      void work.catch((error: unknown) => onFault('background work', error)).finally(() => under.delete(work))
    },
    async ended() {
      await Promise.allSettled(under)
    },
  }
}
