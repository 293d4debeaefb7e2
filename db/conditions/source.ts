import { own } from '../../flow/own.ts'
import { parsePath } from '../../flow/path.ts'
import type { Place } from './leaf-sql.ts'
import { isUsed } from './used-address.ts'

/** What a path reads. */
export interface Source {
  /** jsonb; null, in SQL or JSON, where the value is missing. Adds parameters: called once, and only for use. */
  json(): string
  /** The column behind it, where there is one: an index can serve it. */
  column?: string
  /** The document it is in, and where, if that needs no place in a list. */
  inside?: { document: string; keys: readonly string[] }
  /** Where it is read from, when that is not the member's row: `from … where …` of one row at most. */
  from?: string
}

/** Outside a journey there is no entry, there are no variables, and an event only where one is under test. */
export function isThere(text: string, { testsEvent }: Place): boolean {
  const root = parsePath(text)?.root
  return root === 'member' || (root === 'event' && testsEvent)
}

/** For a path that is there. */
export function sourceOf(text: string, place: Place): Source {
  const { root, keys } = parsePath(text) ?? { root: 'member', keys: [] }
  if (root !== 'member') return inDocument('e.data', keys, place)
  const [only = ''] = keys.length === 1 ? keys : []
  if (only !== 'tags') return own(FIXED, only) ?? inDocument('m.attributes', keys, place)
  const { json } = inDocument('m.attributes', keys, place)
  return { json: () => `coalesce(nullif(${json()}, 'null'), to_jsonb(m.tags))` }
}

const FIXED: Record<string, Source> = {
  externalId: column('m.external_id'),
  locale: column('m.locale'),
  timeZone: column('m.time_zone'),
  email: usedAddress('email'),
  phone: usedAddress('phone'),
}

function column(name: string): Source {
  return { json: () => `to_jsonb(${name})`, column: name }
}

function usedAddress(kind: 'email' | 'phone'): Source {
  const from = `from address a where a.member = m.id and a.kind = '${kind}' and ${isUsed('a')}`
  return { ...column('a.value'), from }
}

const PLACE_IN_LIST = /^(0|[1-9]\d*)$/

/**
 * As flow/path reads it: `->` with a text finds properties only. `#>` finds places in lists, too, but would count from
 * the end for `-1`, and take `007` for 7.
 */
function inDocument(document: string, keys: readonly string[], { param }: Place): Source {
  const inside = keys.some((key) => PLACE_IN_LIST.test(key)) ? {} : { inside: { document, keys } }
  const get = (json: string, key: string): string =>
    PLACE_IN_LIST.test(key) ? `(${json} #> ${param([key])}::text[])` : `(${json} -> ${param(key)}::text)`
  return { ...inside, json: () => keys.reduce(get, document) }
}
