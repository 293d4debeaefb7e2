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
  const until = rest?.until ?? null
  if (rest === null || until === null) return { ...NOTHING, dueAt: null }
  return rest.since === undefined
    ? promisedHour(until, pauses)
    : promisedClock({ until, since: rest.since }, pauses)
}

const NOTHING = { anewFrom: null, droppedWith: null }

/** A time of day, or another moment that no pause moves. */
function promisedHour(dueAt: number, pauses: Pause[]): Promised {
  const pause = pauses.find((one) => one.clocks !== 'catch-up' && passedIn(one, dueAt))
  if (!pause) return { ...NOTHING, dueAt }
  return pause.clocks === 'drop'
    ? { ...NOTHING, dueAt, droppedWith: pause }
    : { ...NOTHING, dueAt: null, anewFrom: pause.to }
}

function promisedClock({ until, since }: { until: number; since: number }, pauses: Pause[]): Promised {
  let dueAt = until
  for (const pause of pauses) {
    if (pause.clocks === 'drop' && passedIn(pause, dueAt)) return { ...NOTHING, dueAt, droppedWith: pause }
    const ranInto = pause.from < dueAt && since < pause.to
    if (pause.clocks === 'shift' && ranInto) dueAt += pause.to - Math.max(pause.from, since)
  }
  return { ...NOTHING, dueAt }
}

function passedIn({ from, to }: Pause, dueAt: number): boolean {
  return from < dueAt && dueAt <= to
}

/** The pause that an entry came in, if such entries were dropped. */
export function entryDroppedWith(pauses: Pause[], enteredAt: number): Pause | null {
  return (
    pauses.find(({ clocks, from, to }) => clocks === 'drop' && from <= enteredAt && enteredAt <= to) ?? null
  )
}
