/** Who reads: instants are told on their clock, dates and numbers as their language writes them. */
export interface Reader {
  zone: string
  locale: string
  /** When they read, in ms since 1970: dates of another year tell it. */
  now?: number
  /** What things are called that are stored by a key; without one, a thing is told by that. */
  names?: Names
}

/** By key; flows by their public id. */
export type Names = Record<'audiences' | 'lists' | 'flows', Record<string, string>>

/** Whoever it may be. */
export const ANYBODY: Reader = { zone: 'UTC', locale: 'en-GB' }

/** '09:00 on 3 March' in a zone, else in the reader's. */
export function sayMoment(at: Date, reader: Reader, timeZone = reader.zone): string {
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  return `${at.toLocaleTimeString(reader.locale, { timeZone, ...time })} on ${sayDay(at, reader, timeZone)}`
}

/** '3 March' in a zone, else in the reader's. */
export function sayDay(at: Date, { locale, now, zone }: Reader, timeZone = zone): string {
  const year = (one: Date) => one.toLocaleDateString('en-GB', { timeZone, year: 'numeric' })
  const same = now === undefined || year(at) === year(new Date(now))
  return at.toLocaleDateString(locale, {
    timeZone,
    day: 'numeric',
    month: 'long',
    ...(!same && { year: 'numeric' }),
  })
}
