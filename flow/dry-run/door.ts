import { evaluate } from '../conditions/evaluate.ts'
import type { Condition } from '../conditions/schema.ts'
import { audienceArgs, audienceCondition } from '../nodes/audience-key.ts'
import type { Reason } from '../reason.ts'
import type { Scene } from '../scene.ts'
import { nextReturn } from './next-entry.ts'

/**
 * The reason for which the trigger would not take this member in, or null. The re-entry rule is not asked: a dry run
 * tells what happens to those who enter. `supposed`: no event was given, so one that the trigger asks for is taken to
 * have come.
 */
export function keptOut(scene: Scene, supposed: boolean): Reason | null {
  const trigger = scene.plan.nodes[scene.plan.start]
  if (trigger?.kind !== 'trigger') return null
  const { on } = trigger
  if (on.by === 'event') {
    const why = on.where && !supposed ? failing(on.where, scene) : null
    return why && { code: 'event-did-not-match', args: { event: on.event, ...why } }
  }
  if (on.by === 'schedule' || on.by === 'enters') {
    const why = failing(audienceCondition(on.audience), { ...scene, enrollment: null })
    return why && { code: 'not-chosen', args: { ...audienceArgs(on.audience, trigger.label), ...why } }
  }
  return on.by === 'date' ? withoutReturn(scene, on.attribute) : null
}

/** Live, a moment that was missed is made up for within this time. */
const CATCH_UP = 24 * 3_600_000

function withoutReturn(scene: Scene, attribute: string): Reason | null {
  const at = nextReturn(scene, scene.now - CATCH_UP)
  if (typeof at === 'number') return null
  return { code: at === null ? 'date-over' : 'no-date', args: { attribute } }
}

function failing(where: Condition, scene: Parameters<typeof evaluate>[1]) {
  const { truth, because } = evaluate(where, scene)
  return truth ? null : { because }
}
