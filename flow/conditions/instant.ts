const INSTANT = /^(\d{4})-(\d\d)-(\d\d)(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/

/**
 * Milliseconds of an ISO-8601 instant, or of a date (its midnight in UTC); undefined for all else. A time without a zone
 * is refused: it is a different instant for each reader.
 */
export function instantOf(value: unknown): number | undefined {
  const match = typeof value === 'string' && value.length <= 40 ? INSTANT.exec(value) : null
  if (!match) return undefined
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return undefined // Date.parse makes 30 February a day in March
  const ms = Date.parse(match[0])
  return Number.isNaN(ms) ? undefined : ms
}
