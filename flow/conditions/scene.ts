import type { EnrollmentFacts, EventFact, MemberFacts, WorkspaceFacts } from '../facts.ts'
import { parsePath, valueAt, type Path } from '../path.ts'
import type { Plan } from '../plan.ts'

/** What a condition may look at; the scene of a decision is one. */
export interface ConditionScene {
  member: MemberFacts
  /** null outside any journey (an audience): leaves about the journey are false there. */
  enrollment: Pick<EnrollmentFacts, 'seq' | 'entry' | 'journey' | 'hops'> | null
  workspace: Pick<WorkspaceFacts, 'audiences'>
  /** Where the steps of a journey have their names. */
  plan?: Pick<Plan, 'nodes'>
  now: number
  /** In the `where` of a trigger, an event leaf or an event wait: what `event.…` reads. */
  eventUnderTest?: Pick<EventFact, 'data'>
}

/** The value a path finds in a scene; undefined when it is missing. */
export function read(text: string, scene: ConditionScene): unknown {
  const path = parsePath(text)
  return path && READERS[path.root](path.keys, scene)
}

const READERS: Record<Path['root'], (keys: string[], scene: ConditionScene) => unknown> = {
  member: (keys, { member }) => {
    const fixed = keys.length === 1 ? ofMember(member, keys[0]!) : undefined
    return fixed === undefined ? valueAt(member.attributes, keys) : (fixed ?? undefined)
  },
  event: (keys, { eventUnderTest, enrollment }) => valueAt((eventUnderTest ?? enrollment?.entry)?.data, keys),
  journey: (keys, { enrollment }) => valueAt(enrollment?.journey, keys),
  entry: (keys, { enrollment }) => {
    const entry = enrollment?.entry
    return entry && valueAt({ ...entry, at: new Date(entry.at).toISOString() }, keys)
  },
}

/** Undefined for a name that is an attribute, as *tags* may be; null for a field that is empty. */
function ofMember(member: MemberFacts, key: string): unknown {
  switch (key) {
    case 'email':
    case 'phone':
    case 'locale':
    case 'timeZone':
    case 'externalId':
      return member[key]
    case 'tags':
      return valueAt(member.attributes, [key]) === undefined ? member.tags : undefined
    default:
      return undefined
  }
}
