const INSTANT = /^(\d{4})-(\d\d)-(\d\d)(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/

/**
 * Milliseconds of an ISO-8601 instant, or of a date (its midnight in UTC); undefined for all else. A time without a zone
 * is refused: it is a different instant for each reader.
 */
export function instantOf(value: unknown): number | undefined {
  const match = typeof value === 'string' && value.length <= 40 ? INSTANT.exec(value) : null
  if (!match) return undefined
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  const ms = Date.parse(match[0])
  return Number.isNaN(ms) ? undefined : ms
}

/** Date.parse makes 30 February a day in March, and reads 0012-13-01 as 2001. The calendar repeats after 400 years. */
function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year + 400, month, 0)).getUTCDate()
}
