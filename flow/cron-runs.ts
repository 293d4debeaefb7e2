import type { Cron } from './cron.ts'
import { instantOf, localClock, startOfDay } from './zone.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** Any day that exists comes within 40 years: 29 February on a given weekday is the rarest. */
const DAYS_AT_MOST = 41 * 366

/**
 * The first run after an instant, or null when none ever comes. On nights when clocks change, a time that is skipped
 * comes later by the skipped hour and one that is shown twice comes once; a cron of every hour follows the clock.
 */
export function nextRun(cron: Cron, zone: string, after: number): number | null {
  const today = startOfDay(localClock(after, zone))
  for (let n = -1; n < DAYS_AT_MOST; n += 1) {
    const run = runsOn(today + n * DAY, cron, zone).find((at) => at > after)
    if (run !== undefined) return run
  }
  return null
}

/** The last run up to an instant and after another; null when there is none. */
export function lastRun(
  cron: Cron,
  zone: string,
  { since, until }: { since: number; until: number },
): number | null {
  const first = startOfDay(localClock(since, zone)) - DAY
  for (let day = startOfDay(localClock(until, zone)) + DAY; day >= first; day -= DAY) {
    const run = runsOn(day, cron, zone).findLast((at) => at <= until)
    if (run !== undefined) return run > since ? run : null
  }
  return null
}

/** True when a fixed time comes again because clocks were set back: its first coming was the run. */
export function comesAgain(cron: Cron, zone: string, at: number): boolean {
  return !everyHour(cron) && instantOf(localClock(at, zone), zone) < at
}

/** The runs of a zone's day, in order. */
function runsOn(day: number, cron: Cron, zone: string): number[] {
  if (!fits(day, cron)) return []
  const runs = everyHour(cron) ? byTheClock(day, cron, zone) : byTheTime(day, cron, zone)
  return [...new Set(runs)].toSorted((a, b) => a - b)
}

function fits(day: number, { days, months, weekdays }: Cron): boolean {
  const date = new Date(day)
  const parts = [date.getUTCDate(), date.getUTCMonth() + 1, date.getUTCDay()] as const
  return days.includes(parts[0]) && months.includes(parts[1]) && weekdays.includes(parts[2])
}

function everyHour({ hours }: Cron): boolean {
  return hours.length === 24
}

function byTheTime(day: number, { hours, minutes }: Cron, zone: string): number[] {
  return hours.flatMap((hour) =>
    minutes.map((minute) => instantOf(day + (hour * 60 + minute) * MINUTE, zone)),
  )
}

function byTheClock(day: number, { minutes }: Cron, zone: string): number[] {
  const runs: number[] = []
  const end = instantOf(day + DAY, zone)
  for (let at = instantOf(day, zone); at < end; at += MINUTE) {
    const minute = new Date(localClock(at, zone)).getUTCMinutes()
    if (minutes.includes(minute)) runs.push(at)
  }
  return runs
}
