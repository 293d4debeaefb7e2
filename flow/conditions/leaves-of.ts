import type { Condition, Leaf } from './schema.ts'

/** A leaf and where it stands in its condition. */
export interface PlacedLeaf {
  leaf: Leaf
  /** `all[0].where` */
  path: string
  /** The type of the event that `event.…` reads here; null: the event that began the journey. */
  tests: string | null
}

/** All leaves of a condition, those inside the `where` of event leaves, too. `tests` as in PlacedLeaf. */
export function leavesOf(condition: Condition, path = '', tests: string | null = null): PlacedLeaf[] {
  const at = (key: string) => (path === '' ? key : `${path}.${key}`)
  if ('all' in condition) return condition.all.flatMap((one, i) => leavesOf(one, at(`all[${i}]`), tests))
  if ('any' in condition) return condition.any.flatMap((one, i) => leavesOf(one, at(`any[${i}]`), tests))
  if ('not' in condition) return leavesOf(condition.not, at('not'), tests)
  const where = 'event' in condition ? condition.where : undefined
  const inside = where && 'event' in condition ? leavesOf(where, at('where'), condition.event) : []
  return [{ leaf: condition, path, tests }, ...inside]
}
