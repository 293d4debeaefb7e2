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

/** What a reason keeps of an audience that a trigger asks for: its key, else what the trigger is called. */
export function audienceArgs(audience: string | Condition, label: string | null) {
  return typeof audience === 'string' ? { audience } : { label }
}

export function audienceCondition(audience: string | Condition): Condition {
  return typeof audience === 'string' ? { inAudience: audience } : audience
}
