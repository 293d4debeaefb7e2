import { leavesOf } from './leaves-of.ts'
import type { Condition } from './schema.ts'

/** Audiences that name audiences that name audiences. */
export const LONGEST_CHAIN = 20
/** Leaves of a condition with those of the audiences it names, counted wherever they are named. */
export const MOST_LEAVES = 1_000

/**
 * The audiences that can be asked: those that name each other in a circle, or grow beyond what one question may be, or
 * stand on such, are as if there were none, so nobody is in them. Saving refuses them.
 */
export function soundAudiences(audiences: Record<string, Condition>): Record<string, Condition> {
  const waiting = new Map(Object.entries(audiences).map(([key, where]) => [key, shapeOf(where, audiences)]))
  const sizes = new Map<string, number>()
  for (let height = 1; height <= LONGEST_CHAIN; height += 1) {
    const ready = [...waiting].filter(([, { names }]) => names.every((name) => sizes.has(name)))
    for (const [key, { leaves, names }] of ready) {
      waiting.delete(key)
      const size = names.reduce((sum, name) => sum + (sizes.get(name) ?? 0), leaves)
      if (size <= MOST_LEAVES) sizes.set(key, size)
    }
  }
  return Object.fromEntries(Object.entries(audiences).filter(([key]) => sizes.has(key)))
}

interface Shape {
  leaves: number
  /** Once for each time it is named. */
  names: string[]
}

function shapeOf(where: Condition, audiences: Record<string, Condition>): Shape {
  const leaves = leavesOf(where)
  const named = leaves.flatMap(({ leaf }) => ('inAudience' in leaf ? leaf.inAudience : []))
  return { leaves: leaves.length, names: named.filter((name) => Object.hasOwn(audiences, name)) }
}
