/** When members of a launch may enter, in ms since 1970 on the database's clock. */
export interface Pace {
  perMinute: number
  /** When the next one may. */
  nextAt: number
}

/** A pause of the machine up to this long is made up for; after a longer one nobody comes in a crowd. */
const MADE_UP = 10_000

const MINUTE = 60_000

/** How many may enter now. */
export function mayEnter({ perMinute, nextAt }: Pace, now: number): number {
  return now < nextAt ? 0 : Math.floor(((now - from(nextAt, now)) * perMinute) / MINUTE) + 1
}

/** When the next one may enter after these: counted from when they might have, so that delays do not add up. */
export function nextAfter({ perMinute, nextAt }: Pace, now: number, entered: number): number {
  return from(nextAt, now) + (entered * MINUTE) / perMinute
}

function from(nextAt: number, now: number): number {
  return Math.max(nextAt, now - MADE_UP)
}
