const HOUR = 3_600_000
const DAY = 24 * HOUR

const formatters = new Map<string, Intl.DateTimeFormat>()

/** True for an IANA zone this machine knows; an offset such as +02:00, which it would take, is none. */
export function isZone(zone: string): boolean {
  try {
    formatter(zone)
    return /^[A-Z]/i.test(zone)
  } catch {
    return false
  }
}

/** The wall clock of a zone as milliseconds, as if it were UTC: its fields are read with getUTC…. */
export function localClock(instant: number, zone: string): number {
  return instant + offset(instant, zone)
}

/**
 * The instant at which a zone's wall clock shows `clock`. A time that the clock skips (spring) is moved later by the
 * skipped hour; of a time that it shows twice (autumn), the first is meant.
 */
export function instantOf(clock: number, zone: string): number {
  const before = clock - offset(clock - DAY, zone)
  const after = clock - offset(clock + DAY, zone)
  const shown = [before, after].filter((instant) => localClock(instant, zone) === clock)
  return shown.length > 0 ? Math.min(...shown) : before
}

/** Midnight of the wall clock's day. */
export function startOfDay(clock: number): number {
  return Math.floor(clock / DAY) * DAY
}

/** Monday is 1, Sunday is 7 (ISO 8601). */
export function weekday(clock: number): number {
  return new Date(clock).getUTCDay() || 7
}

/** By zone and day in UTC, for days on which the clocks do not change. */
const offsets = new Map<string, Map<number, number>>()
const DAYS_AT_MOST = 10_000

/** Asking Intl takes 3 µs, remembering 30 ns: offsets are asked for once a day, and afresh on days when they change. */
function offset(instant: number, zone: string): number {
  const day = Math.floor(instant / DAY)
  const days = offsets.get(zone) ?? remember(zone)
  const known = days.get(day)
  if (known !== undefined) return known
  const begins = askedOffset(day * DAY, zone)
  if (begins !== askedOffset((day + 1) * DAY - 1_000, zone)) return askedOffset(instant, zone)
  if (days.size >= DAYS_AT_MOST) days.clear()
  days.set(day, begins)
  return begins
}

function remember(zone: string): Map<number, number> {
  const days = new Map<number, number>()
  offsets.set(zone, days)
  return days
}

function askedOffset(instant: number, zone: string): number {
  const fields: Record<string, number> = {}
  for (const { type, value } of formatter(zone).formatToParts(instant)) fields[type] = Number(value)
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1_000) * 1_000
}

function formatter(zone: string): Intl.DateTimeFormat {
  let found = formatters.get(zone)
  if (!found) {
    const numeric = 'numeric'
    found = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    })
    formatters.set(zone, found)
  }
  return found
}
