import { sayDay, sayMoment, type Reader } from '../reader.ts'
import { instantOf } from './instant.ts'

type Scalar = string | number | boolean | null

/** What a condition found, as a step keeps it. */
export type Found = Scalar | Scalar[]

/** '*silver*', '*1,250*', '*12:30 on 3 March*', '*red* and *blue*' */
export function sayFound(found: Found, reader: Reader): string {
  if (!Array.isArray(found)) return `*${sayScalar(found, reader)}*`
  const each = found.map((one) => `*${sayScalar(one, reader)}*`)
  return new Intl.ListFormat(reader.locale, { type: 'conjunction' }).format(each) || 'empty'
}

function sayScalar(value: Scalar, reader: Reader): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return sayNumber(value, reader)
  const at = instantOf(value)
  if (at === undefined) return String(value)
  // A date is the same day for whoever reads it.
  return String(value).includes('T') ? sayMoment(new Date(at), reader) : sayDay(new Date(at), reader, 'UTC')
}

/** Four digits stay together: they may well be a year. */
function sayNumber(value: number, { locale }: Reader): string {
  return value.toLocaleString(locale, { useGrouping: 'min2', maximumFractionDigits: 20 })
}
