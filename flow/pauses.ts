import type { Rest } from './facts.ts'

/** A time in which a flow stood still, and what became of what came due in it. Instants are ms since 1970. */
export interface Pause {
  from: number
  to: number
  clocks: 'shift' | 'catch-up' | 'drop'
}

/** How long a clock that ran at `since` has stood still, over the pauses that put clocks off. */
export function stoodStill(pauses: Pause[], since: number): number {
  return pauses
    .filter(({ clocks, to }) => clocks === 'shift' && to > since)
    .reduce((sum, { from, to }) => sum + to - Math.max(from, since), 0)
}

/** What is left of the end a rest was promised. */
export interface Promised {
  /** Null when it has none, or must be worked out anew. */
  dueAt: number | null
  /** Worked out anew from this moment: a time of day that passed while the flow was paused is not the next one. */
  anewFrom: number | null
  /** The pause in which it passed, and with which it was dropped. */
  droppedWith: Pause | null
}

/**
 * What pauses made of the end a rest was promised. Nothing of this is written when a flow is resumed, so that resuming
 * a million people is one row: the next look at a member, and every list, works it out from the rest and the pauses.
 */
export function promised(rest: Rest | null, pauses: Pause[]): Promised {
  let dueAt = rest?.until ?? null
  for (const pause of pauses) {
    const { from, to, clocks } = pause
    if (dueAt === null || dueAt <= from) continue
    const passed = dueAt <= to
    if (clocks === 'drop' && passed) return { dueAt, anewFrom: null, droppedWith: pause }
    if (clocks !== 'shift') continue
    if (rest?.since === undefined) {
      if (passed) return { dueAt: null, anewFrom: to, droppedWith: null }
    } else if (to > rest.since) dueAt += to - Math.max(from, rest.since)
  }
  return { dueAt, anewFrom: null, droppedWith: null }
}

/** The pause that an entry came in, if such entries were dropped. */
export function entryDroppedWith(pauses: Pause[], enteredAt: number): Pause | null {
  return (
    pauses.find(({ clocks, from, to }) => clocks === 'drop' && from <= enteredAt && enteredAt <= to) ?? null
  )
}
