import type { StoredEvent } from './events.ts'
import type { Tx } from './pool.ts'

/** What is known of the fields of one event type: path → an example of its value. */
export interface EventType {
  type: string
  fields: Record<string, unknown>
  first_seen_at: Date
}

const FIELDS_AT_MOST = 200
const EXAMPLE_AT_MOST = 100

/** Remembers what this process has seen, so that only something new costs a statement. */
const seen = new Set<string>()
const SEEN_AT_MOST = 50_000

/** Notes types and fields that were not seen before, with an example each. */
export async function noteEventTypes(tx: Tx, workspace: number, events: StoredEvent[]): Promise<void> {
  const fresh = new Map<string, Record<string, unknown>>()
  for (const { type, data } of events) {
    const fields = Object.entries(examples(data)).filter(
      ([path]) => !seen.has(`${workspace} ${type} ${path}`),
    )
    if (fields.length === 0 && seen.has(`${workspace} ${type}`)) continue
    fresh.set(type, { ...fresh.get(type), ...Object.fromEntries(fields) })
  }
  if (fresh.size === 0) return
  const rows = [...fresh]
    .map(([type, fields]) => ({ type, fields }))
    .toSorted((a, b) => (a.type < b.type ? -1 : 1))
  await tx.rows(
    `insert into event_type (workspace, type, fields)
     select current_setting('app.workspace')::int, type, fields from jsonb_to_recordset($1::jsonb) r(type text, fields jsonb)
     on conflict (workspace, type) do update set fields = excluded.fields || event_type.fields
     where event_type.fields is distinct from excluded.fields || event_type.fields`,
    [JSON.stringify(rows)],
  )
  remember(workspace, fresh)
}

/** Noted before the commit: after a rollback the type is noted by the next event with something new, or by another process. */
function remember(workspace: number, fresh: Map<string, Record<string, unknown>>): void {
  if (seen.size > SEEN_AT_MOST) seen.clear()
  for (const [type, fields] of fresh) {
    seen.add(`${workspace} ${type}`)
    for (const path of Object.keys(fields)) seen.add(`${workspace} ${type} ${path}`)
  }
}

export async function listEventTypes(tx: Tx): Promise<EventType[]> {
  return tx.rows<EventType>('select type, fields, first_seen_at from event_type order by type')
}

/** What no path of a condition or a template can name is no field; keys such as addresses are data themselves. */
const isField = ([key]: [string, unknown]): boolean => /^[^.@]{1,100}$/.test(key)

/** A cut through the middle of a character would leave what cannot be stored. */
const brief = (value: unknown): unknown =>
  typeof value === 'string' ? value.slice(0, EXAMPLE_AT_MOST).replace(/[\uD800-\uDBFF]$/, '') : value

/** `{ prize: { code: 'A' } }` → `{ 'prize.code': 'A' }`, long texts cut, lists by their first value. */
function examples(data: Record<string, unknown>): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  const visit = (value: unknown, path: string): void => {
    if (Object.keys(found).length >= FIELDS_AT_MOST) return
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, inner] of Object.entries(value).filter(isField))
        visit(inner, path ? `${path}.${key}` : key)
    } else if (path) {
      found[path] = Array.isArray(value) ? [] : brief(value)
    }
  }
  visit(data, '')
  return found
}
