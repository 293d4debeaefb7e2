import type { EnrollmentFacts, MemberFacts } from './facts.ts'

/** Names that event data never takes over at the root of a scope. */
export const ROOTS = ['member', 'event', 'entry', 'journey', 'links'] as const
export type Root = (typeof ROOTS)[number]

/** What the links of a message lead to; they differ with each message. */
export interface Links {
  unsubscribe: string
  preferences: string
  view: string
}

export interface ScopeSource {
  member: Pick<MemberFacts, 'externalId' | 'email' | 'phone' | 'locale' | 'attributes'>
  enrollment: Pick<EnrollmentFacts, 'entry' | 'journey'>
  links?: Links | undefined
}

/** What a template can print. No object on the way has a prototype's properties: only own ones are ever read. */
export type Scope = Record<string, unknown>

/** The entry event's data stands under `event` and, key by key, at the root. */
export function buildScope({ member, enrollment, links }: ScopeSource): Scope {
  const { externalId, email, phone, locale } = member
  const { entry, journey } = enrollment
  return rootOf({
    member: bare(member.attributes, { externalId, email, phone, locale }),
    event: bare(entry?.data),
    entry: bare(entryRoot(entry)),
    journey: bare(journey),
    links: bare(links),
  })
}

export function isRoot(name: string): name is Root {
  return ROOTS.some((root) => root === name)
}

export function entryRoot(entry: EnrollmentFacts['entry']): Scope | null {
  return entry && { id: entry.id, type: entry.type, at: new Date(entry.at).toISOString() }
}

/** A scope of its five roots, with the event's data spread beside them. */
export function rootOf(roots: Record<Root, Scope>): Scope {
  return bare(roots.event, roots)
}

/**
 * The value at `prize.code`, `items.0.name` or `items.size`, as a template reads it; undefined where there is none.
 * A key that has a dot itself cannot be reached.
 */
export function lookup(scope: unknown, path: string): unknown {
  let value = scope
  for (const segment of path.split('.')) value = step(value, segment)
  return value ?? undefined
}

/** Which of the required paths have no value: nothing there, null, or an empty text. */
export function missing(required: readonly string[], scope: Scope): string[] {
  return required.filter((path) => {
    const value = lookup(scope, path)
    return value === undefined || value === ''
  })
}

function step(value: unknown, segment: string): unknown {
  if (Array.isArray(value)) return stepInto(value, segment)
  if (typeof value === 'string') return segment === 'size' ? value.length : undefined
  if (typeof value !== 'object' || value === null) return undefined
  // a plain record of JSON: own keys only
  if (segment !== '__proto__' && Object.hasOwn(value, segment)) return (value as Scope)[segment]
  return segment === 'size' ? Object.keys(value).length : undefined
}

function stepInto(list: unknown[], segment: string): unknown {
  if (/^-?\d+$/.test(segment)) return list.at(Number(segment))
  if (segment === 'first') return list[0]
  if (segment === 'last') return list.at(-1)
  return segment === 'size' ? list.length : undefined
}

/** The own properties of records in one that has no prototype; later ones win. */
function bare(...records: (object | null | undefined)[]): Scope {
  return Object.assign(Object.create(null) as Scope, ...records) as Scope // null-prototype records of JSON values
}
