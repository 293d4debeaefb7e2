import { own } from '../../flow/own.ts'
import { parsePath } from '../../flow/path.ts'
import type { Place } from './leaf-sql.ts'

/** What a path reads. */
export interface Source {
  /** jsonb; null, in SQL or JSON, where the value is missing. */
  json: string
  /** The column behind it, where there is one: an index can serve it. */
  column?: string
}

const COLUMNS: Record<string, string> = {
  externalId: 'm.external_id',
  locale: 'm.locale',
  timeZone: 'm.time_zone',
}

/** Outside a journey there is no entry, there are no variables, and an event only where one is under test. */
export function isThere(text: string, { testsEvent }: Place): boolean {
  const root = parsePath(text)?.root
  return root === 'member' || (root === 'event' && testsEvent)
}

/** For a path that is there. */
export function sourceOf(text: string, place: Place): Source {
  const { root, keys } = parsePath(text) ?? { root: 'member', keys: [] }
  return root === 'member' ? ofMember(keys, place) : { json: jsonAt('e.data', keys, place) }
}

function ofMember(keys: string[], place: Place): Source {
  const [first = ''] = keys.length === 1 ? keys : []
  if (first === 'email' || first === 'phone') return { json: `(${usedAddress(first)})` }
  const column = own(COLUMNS, first)
  if (column) return { json: `to_jsonb(${column})`, column }
  const attribute = jsonAt('m.attributes', keys, place)
  return { json: first === 'tags' ? `coalesce(nullif(${attribute}, 'null'), to_jsonb(m.tags))` : attribute }
}

/** The oldest address of a kind is the one that is used, as in db/hot/facts. */
function usedAddress(kind: 'email' | 'phone'): string {
  return `select to_jsonb(a.value) from address a where a.member = m.id and a.kind = '${kind}'
    order by a.created_at, a.value limit 1`
}

const PLACE_IN_LIST = /^(0|[1-9]\d*)$/

/**
 * As flow/path reads it: `->` with a text finds properties only. `#>` finds places in lists, too, but would count from
 * the end for `-1`, and take `007` for 7.
 */
function jsonAt(base: string, keys: readonly string[], { param }: Place): string {
  return keys.reduce(
    (json, key) =>
      PLACE_IN_LIST.test(key) ? `(${json} #> ${param([key])}::text[])` : `(${json} -> ${param(key)}::text)`,
    base,
  )
}
