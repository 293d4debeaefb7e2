import type { MemberChange } from './member-change.ts'

type Consents = NonNullable<MemberChange['consents']>

/** Several changes of one member as one. Of what is undefined nothing was said; `null` clears. */
export interface Folded {
  externalId: string
  email: string | null | undefined
  phone: string | null | undefined
  locale: string | null | undefined
  timeZone: string | null | undefined
  preferredChannels: string[] | undefined
  attributes: AttributeChange
  consents: Consents
}

/** Applied in this order: clear all, set, drop. A key is never both set and dropped. */
interface AttributeChange {
  clear: boolean
  set: Record<string, unknown>
  drop: string[]
}

/** One change per member, in the order in which members first appear; later changes win field by field. */
export function foldChanges(changes: MemberChange[]): Folded[] {
  return [...Map.groupBy(changes, (change) => change.externalId)].map(([externalId, own]) => ({
    externalId,
    email: last(own, 'email'),
    phone: last(own, 'phone'),
    locale: last(own, 'locale'),
    timeZone: last(own, 'timeZone'),
    preferredChannels: unique(last(own, 'preferredChannels')),
    attributes: foldAttributes(own.map((change) => change.attributes)),
    consents: own.flatMap((change) => change.consents ?? []),
  }))
}

function last<K extends keyof MemberChange>(own: MemberChange[], field: K): MemberChange[K] | undefined {
  return own.findLast((change) => change[field] !== undefined)?.[field]
}

function unique(channels: string[] | null | undefined): string[] | undefined {
  return channels === undefined ? undefined : [...new Set(channels)]
}

/** A map keeps a key named like a part of Object's prototype a key like any other. */
function foldAttributes(changes: MemberChange['attributes'][]): AttributeChange {
  const from = changes.lastIndexOf(null)
  const values = new Map(changes.slice(from + 1).flatMap((change) => Object.entries(change ?? {})))
  const entries = [...values]
  return {
    clear: from >= 0,
    set: Object.fromEntries(entries.filter(([, value]) => value !== null)),
    drop: entries.filter(([, value]) => value === null).map(([key]) => key),
  }
}
