import { needsOf } from './needs.ts'
import type { Condition } from './schema.ts'

/** Audiences that name audiences that name audiences: those above this have no answer. */
export const LONGEST_CHAIN = 20

/**
 * The audiences that can be asked: those that name each other in a circle, or stand on such, or above too long a chain,
 * are as if there were none, so nobody is in them. Saving refuses them; two that are saved at one moment may get by.
 */
export function soundAudiences(audiences: Record<string, Condition>): Record<string, Condition> {
  const named = new Map(
    Object.entries(audiences).map(([key, where]) => [
      key,
      needsOf([where]).audiences.filter((name) => Object.hasOwn(audiences, name)),
    ]),
  )
  const sound = new Set<string>()
  for (let height = 1; height <= LONGEST_CHAIN; height += 1) {
    const higher = [...named].filter(
      ([key, names]) => !sound.has(key) && names.every((name) => sound.has(name)),
    )
    for (const [key] of higher) sound.add(key)
  }
  return Object.fromEntries(Object.entries(audiences).filter(([key]) => sound.has(key)))
}
