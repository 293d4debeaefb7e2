/** Those in this process who want to hear that members are ready at a stand: its walk's segment, while it runs here. */
export interface Listeners {
  /** Returns the way to stop. */
  add(stand: number, callback: () => void): () => void
  /** False when nobody listened. */
  tell(stand: number): boolean
}

export function openListeners(): Listeners {
  const listening = new Map<number, Set<() => void>>()
  return {
    add(stand, callback) {
      const known = listening.get(stand) ?? new Set()
      listening.set(stand, known.add(callback))
      return () => {
        known.delete(callback)
        if (known.size === 0 && listening.get(stand) === known) listening.delete(stand)
      }
    },
    tell(stand) {
      const here = listening.get(stand)
      for (const callback of here ?? []) callback()
      return here !== undefined
    },
  }
}
