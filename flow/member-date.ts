import { instantOf as instantIn } from './conditions/instant.ts'
import { dateKeys } from './occurrence.ts'
import { valueAt } from './path.ts'
import { instantOf } from './zone.ts'

/** A moment that an attribute names. `zone`: the clock by which a date without a time begins; an instant needs none. */
export interface MemberDate {
  at: number
  zone?: string
}

/** The moment in an attribute (`renewal` or `member.renewal`); undefined when there is none, or it is no date. */
export function memberDate(attributes: unknown, attribute: string, zone: string): MemberDate | undefined {
  const value = valueAt(attributes, dateKeys(attribute))
  const at = instantIn(value)
  if (at === undefined) return undefined
  return String(value).includes('T') ? { at } : { at: instantOf(at, zone), zone }
}
