import type { Rest } from '../facts.ts'
import type { Scene, Turn } from '../scene.ts'

/** The rest until this moment, or onward once that has come. */
export function restUntil(dueAt: number, rest: Rest, { now, enrollment }: Scene): Turn {
  if (now < dueAt) return { rest, dueAt: Math.min(dueAt, LATEST) }
  return { take: 'next', reason: { code: 'waited', args: { since: enrollment.arrivedAt, ...rest.args } } }
}

/** The last moment that can be stored: nobody lives to see it. */
const LATEST = Date.parse('9999-12-31T00:00:00Z')
