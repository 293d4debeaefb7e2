import { evaluate } from '../conditions/evaluate.ts'
import type { EventFact } from '../facts.ts'
import type { PlanWait } from '../plan.ts'
import type { Scene, Turn } from '../scene.ts'

type EventWait = Extract<PlanWait, { by: 'event' }>

/**
 * Until an event is received, or the time is up; when both are so, it happened. Each event is looked at once, in the
 * order of arrival: those that did not match are not asked again.
 */
export function waitForEvent(wait: EventWait, scene: Scene): Turn {
  const { event, where, timeoutMs, insteadOf } = wait
  const { arrivedAt, dueAt, rest } = scene.enrollment
  const awaits = rest?.awaits
  const afterSeq = awaits && 'event' in awaits ? awaits.afterSeq : scene.seq
  const happened = firstMatch(wait, afterSeq, scene)
  if (happened)
    return { take: 'happened', reason: { code: 'event-happened', args: { event, at: happened.at } } }
  const end = dueAt ?? arrivedAt + timeoutMs
  const args = {
    event,
    ...(where && { matching: true }),
    ms: end - arrivedAt,
    ...(insteadOf !== undefined && { insteadOf }),
  }
  if (scene.now >= end) return { take: 'timeout', reason: { code: 'event-timeout', args } }
  return { rest: { code: 'wait-event', args, awaits: { event, afterSeq: scene.seq } }, dueAt: end }
}

function firstMatch({ event, where }: EventWait, afterSeq: number, scene: Scene): EventFact | undefined {
  return scene.member.events
    .filter((one) => one.type === event && one.seq > afterSeq)
    .toSorted((a, b) => a.seq - b.seq)
    .find((one) => where === null || evaluate(where, { ...scene, eventUnderTest: one }).truth)
}
