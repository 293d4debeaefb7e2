import { evaluate } from '../conditions/evaluate.ts'
import type { Condition } from '../conditions/schema.ts'
import { audienceArgs, audienceCondition } from '../nodes/audience-key.ts'
import { memberDate } from '../member-date.ts'
import type { Reason } from '../reason.ts'
import type { Scene } from '../scene.ts'
import { zoneOf } from '../zone-of.ts'

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
  if (on.by === 'date' && !memberDate(scene.member.attributes, on.attribute, zoneOf(scene)))
    return { code: 'no-date', args: { attribute: on.attribute } }
  return null
}

function failing(where: Condition, scene: Parameters<typeof evaluate>[1]) {
  const { truth, because } = evaluate(where, scene)
  return truth ? null : { because }
}
