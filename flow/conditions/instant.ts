const DATE = /(?!0000)(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])/.source
const TIME = /([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-](0\d|1[0-5]):[0-5]\d)/.source
const INSTANT = new RegExp(`^${DATE}(T${TIME})?$`)

/**
 * Milliseconds of an ISO-8601 instant, or of a date (its midnight in UTC); undefined for all else. A time without a zone
 * is refused: it is a different instant for each reader. `instant_ms` says the same in SQL.
 */
export function instantOf(value: unknown): number | undefined {
  const match = typeof value === 'string' && value.length <= 40 ? INSTANT.exec(value) : null
  if (!match) return undefined
  const days = new Date(Date.UTC(Number(match[1]) + 400, Number(match[2]), 0)).getUTCDate() // a year below 100 would be one of the 1900s
  return Number(match[3]) > days ? undefined : Date.parse(match[0]) // which makes 30 February a day in March
}
