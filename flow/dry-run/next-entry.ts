import { nextRun } from '../cron-runs.ts'
import { readCron } from '../cron.ts'
import { dayOf, nextOccurrence } from '../occurrence.ts'
import type { Plan } from '../plan.ts'
import type { Scene } from '../scene.ts'
import { triggerOf } from '../trigger-of.ts'
import { zoneOf } from '../zone-of.ts'

/** When people enter who are played from now on: at the next run of a schedule, else at once. */
export function nextEntry(plan: Plan, now: number): number {
  const trigger = triggerOf(plan)
  if (trigger.by !== 'schedule') return now
  const cron = readCron(trigger.cron)
  return (typeof cron === 'string' ? null : nextRun(cron, trigger.timeZone, now)) ?? now
}

/** When a date of the member brings them in next: null when it has passed for good, undefined when none ever does. */
export function nextReturn(
  scene: Pick<Scene, 'plan' | 'member' | 'workspace'>,
  now: number,
): number | null | undefined {
  const trigger = triggerOf(scene.plan)
  if (trigger.by !== 'date') return undefined
  const zone = zoneOf(scene)
  const day = dayOf(scene.member.attributes, trigger.attribute, zone)
  if (day === undefined) return undefined
  const found = nextOccurrence(trigger, { day, zone, after: now })
  return found && found.at
}
