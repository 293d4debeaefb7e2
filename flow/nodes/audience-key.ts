import { checkCondition } from '../conditions/check-meaning.ts'
import type { Condition } from '../conditions/schema.ts'
import { error, under, type Fault } from '../fault.ts'
import type { Place } from './node-spec.ts'

/** Faults of an audience that is named by key or written in place. */
export function checkAudience(
  path: string,
  audience: string | Condition,
  { catalog, document }: Place,
): Fault[] {
  if (audience === '') return [error('no-audience', path, 'No audience is chosen. Choose one.')]
  return under(path, checkCondition(audienceCondition(audience), { catalog, document, tests: null }))
}

export function audienceCondition(audience: string | Condition): Condition {
  return typeof audience === 'string' ? { inAudience: audience } : audience
}
