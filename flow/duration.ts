const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The longest duration a document may name: `P5Y`. */
const LONGEST_MS = 5 * 365 * DAY

const UNITS = [365 * DAY, 30 * DAY, 7 * DAY, DAY, HOUR, MINUTE, SECOND]
const DURATION =
  /^P(?=[\dT])(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,3})?)S)?)?$/

/**
 * Milliseconds of an ISO-8601 duration (`PT48H`, `P3D`), up to `P5Y`; undefined when it is none. A year is 365 days
 * and a month 30, always: a duration says how long, not which date.
 */
export function durationMs(text: string): number | undefined {
  const match = DURATION.exec(text)
  if (!match) return undefined
  const ms = UNITS.reduce((sum, unit, at) => sum + Math.round(Number(match[at + 1] ?? 0) * unit), 0)
  return ms <= LONGEST_MS ? ms : undefined
}

/** A duration that may point back: `-P3D` is three days before. */
export function offsetMs(text: string): number | undefined {
  if (!text.startsWith('-')) return durationMs(text)
  const ms = durationMs(text.slice(1))
  return ms === undefined ? undefined : 0 - ms
}

const WORDS: [number, string][] = [
  [DAY, 'day'],
  [HOUR, 'hour'],
  [MINUTE, 'minute'],
  [SECOND, 'second'],
]

/** `2 hours`, `1 day 12 hours`: the two largest units. */
export function sayDuration(ms: number): string {
  const parts: string[] = []
  let rest = ms
  for (const [unit, word] of WORDS) {
    const count = Math.floor(rest / unit)
    rest -= count * unit
    if (count > 0) parts.push(`${count} ${word}${count === 1 ? '' : 's'}`)
  }
  return parts.slice(0, 2).join(' ') || 'no time'
}
