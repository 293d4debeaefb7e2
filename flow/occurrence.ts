import { instantOf as instantIn } from './conditions/instant.ts'
import { valueAt } from './path.ts'
import { instantOf, localClock, startOfDay } from './zone.ts'

/** When a date of a member makes them enter. */
export interface DateRule {
  /** Before (negative) or after the day; whole days stay whole on nights when clocks change. */
  offsetMs: number
  /** Time of day on the member's clock: '09:00'. */
  at: string
  repeat: 'yearly' | 'never'
}

/** One return of a date. */
export interface Occurrence {
  /** The day itself, before any offset, as its midnight in UTC. */
  day: number
  /** When the member enters. */
  at: number
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** The keys of a date attribute, which may be written with or without `member.` in front. */
export function dateKeys(attribute: string): string[] {
  return attribute.replace(/^member\./, '').split('.')
}

/** The day in an attribute, as its midnight in UTC; undefined when there is none. */
export function dayOf(attributes: unknown, attribute: string, zone: string): number | undefined {
  return dayNamed(valueAt(attributes, dateKeys(attribute)), zone)
}

/** The day that a value names: an ISO date, or the day of an instant on the member's clock. */
export function dayNamed(value: unknown, zone: string): number | undefined {
  const instant = instantIn(value)
  if (instant === undefined || !String(value).includes('T')) return instant
  return startOfDay(localClock(instant, zone))
}

/**
 * The first return of a day whose moment comes after `after`; null when there is none. It returns each year from its own
 * year on; 29 February returns on 28 February where there is none.
 */
export function nextOccurrence(
  rule: DateRule,
  { day, zone, after }: { day: number; zone: string; after: number },
): Occurrence | null {
  if (rule.repeat === 'never') {
    const at = momentOf(rule, day, zone)
    return at > after ? { day, at } : null
  }
  const own = new Date(day).getUTCFullYear()
  const near = new Date(localClock(after, zone) - rule.offsetMs).getUTCFullYear() - 1
  for (let year = Math.max(own, near); ; year += 1) {
    const returned = returnIn(year, day)
    const at = momentOf(rule, returned, zone)
    if (at > after) return { day: returned, at }
  }
}

/** The moment at which a date returns on a given day; null when it does not return on that day. */
export function occurrenceOn(
  rule: DateRule,
  { day, zone, on }: { day: number; zone: string; on: number },
): number | null {
  const yearly = rule.repeat === 'yearly' && on > day
  const returned = yearly ? returnIn(new Date(on).getUTCFullYear(), day) : day
  return returned === on ? momentOf(rule, on, zone) : null
}

/** When a member enters because of a day. */
function momentOf({ offsetMs, at }: DateRule, day: number, zone: string): number {
  return instantOf(day + offsetMs + timeOfDay(at), zone)
}

/** The same day of another year. */
function returnIn(year: number, day: number): number {
  const date = new Date(day)
  const month = date.getUTCMonth()
  const last = new Date(0)
  last.setUTCFullYear(year, month + 1, 0)
  return last.setUTCDate(Math.min(date.getUTCDate(), last.getUTCDate()))
}

/** '09:30' in milliseconds. */
function timeOfDay(text: string): number {
  const [hour = 0, minute = 0] = text.split(':').map(Number)
  return (hour * 60 + minute) * MINUTE
}

/** `2027-03-01` of a day. */
export function isoDay(day: number): string {
  return new Date(day).toISOString().slice(0, 10)
}

/** Days on which a date must fall for one of its returns to come between two instants, wherever the member is. */
export function daysBetween({ offsetMs }: DateRule, from: number, until: number): number[] {
  // A zone is at most 14 hours from UTC, and the time of day less than a day after midnight.
  const first = startOfDay(from - offsetMs) - 2 * DAY
  const last = startOfDay(until - offsetMs) + DAY
  return Array.from({ length: Math.max(0, (last - first) / DAY + 1) }, (_, n) => first + n * DAY)
}
