import { z } from 'zod'
import { type Links, rootOf, ROOTS, type Scope } from '../../flow/scope.ts'
import type { Setting } from './sheet.ts'
import { rooted } from './variables.ts'

const record = z.record(z.string(), z.unknown())

/**
 * The values one message was filled with, as stored with it (`message.vars`): with the template version they make the
 * content again. Empty roots are left out.
 */
export const varsSchema = z.object({
  now: z.number(),
  zone: z.string(),
  member: record.optional(),
  event: record.optional(),
  entry: record.optional(),
  journey: record.optional(),
})
export type Vars = z.infer<typeof varsSchema>

export type Collector = (scope: Scope, setting: Pick<Setting, 'now' | 'timeZone'>) => Vars

/** Prepares picking the values at these paths out of scopes; links are no values, each render makes its own. */
export function collector(paths: readonly string[]): Collector {
  const tree: Tree = new Map()
  for (const path of paths) grow(tree, rooted(path).split('.'))
  const roots = ROOTS.filter((root) => root !== 'links' && tree.has(root))
  return (scope, { now, timeZone }) => {
    const vars: Vars = { now, zone: timeZone }
    for (const root of roots) {
      const picked = pick(scope[root], tree.get(root) ?? null)
      // a record where the scope has one; an empty one says nothing
      if (isRecord(picked) && Object.keys(picked).length > 0) Object.assign(vars, { [root]: picked })
    }
    return vars
  }
}

/** `collector` for a single use. */
export function collectVars(
  paths: readonly string[],
  scope: Scope,
  setting: Pick<Setting, 'now' | 'timeZone'>,
): Vars {
  return collector(paths)(scope, setting)
}

/** The scope that these values make: whatever a template reads of it, it read of the scope they were picked from. */
export function scopeOfVars(vars: Vars, links: Links | null): Scope {
  const { member, event, entry, journey } = vars
  const own = (values: object | null | undefined): Scope =>
    Object.assign(Object.create(null) as Scope, values)
  return rootOf({
    member: own(member),
    event: own(event),
    entry: own(entry),
    journey: own(journey),
    links: own(links),
  })
}

/** The keys wanted below; null is everything. */
type Tree = Map<string, Tree | null>

function grow(tree: Tree, [key, ...rest]: string[]): void {
  if (key === undefined) return
  const branch = tree.get(key)
  if (branch === null) return
  if (rest.length === 0) tree.set(key, null)
  else {
    const next: Tree = branch ?? new Map()
    tree.set(key, next)
    grow(next, rest)
  }
}

function pick(value: unknown, tree: Tree | null): unknown {
  if (tree === null || !isRecord(value)) return copy(value, 0)
  const missed = [...tree.keys()].some((key) => !Object.hasOwn(value, key))
  if (missed && tree.has('size')) return copy(value, 0)
  const picked: Record<string, unknown> = Object.create(null)
  for (const [key, branch] of tree) {
    const found = key !== PROTOTYPE && Object.hasOwn(value, key) ? pick(value[key], branch) : undefined
    if (found !== undefined) picked[key] = found
  }
  return picked
}

const DEEPEST = 32
/** A key that copying and parsing treat differently from place to place: no template reads it. */
const PROTOTYPE = '__proto__'

/**
 * A copy as PostgreSQL's jsonb will give it back: keys in its order, no NUL and no lone surrogate. So a loop over an
 * object runs alike from the values at hand and from the stored ones. Null is no value, except as an item of a list.
 */
function copy(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '')
  if (typeof value !== 'object') return value
  if (value === null || depth > DEEPEST) return undefined
  if (Array.isArray(value)) return value.map((item) => copy(item, depth + 1) ?? null)
  const copied: Record<string, unknown> = Object.create(null)
  for (const [key, item] of Object.entries(value).toSorted(asJsonb)) {
    const kept = key === PROTOTYPE ? undefined : copy(item, depth + 1)
    if (kept !== undefined) copied[key] = kept
  }
  return copied
}

/** jsonb keeps shorter keys first, then by bytes. */
function asJsonb([a]: [string, unknown], [b]: [string, unknown]): number {
  return Buffer.byteLength(a) - Buffer.byteLength(b) || Buffer.compare(Buffer.from(a), Buffer.from(b))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
