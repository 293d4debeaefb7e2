import { memberDate } from '../member-date.ts'
import { dateKeys } from '../occurrence.ts'
import { zoneOf } from '../zone-of.ts'
import type { PlanWait } from '../plan.ts'
import type { Scene, Turn } from '../scene.ts'
import { restUntil } from './wait-rest.ts'

/** Until a date that the member has. It is read each time: a date that was moved moves the end of the wait. */
export function waitForDate({ attribute, offsetMs }: Extract<PlanWait, { by: 'date' }>, scene: Scene): Turn {
  const name = dateKeys(attribute).join('.')
  const date = memberDate(scene.member.attributes, attribute, zoneOf(scene))
  if (!date) return { take: 'next', reason: { code: 'date-missing', args: { attribute: name } } }
  const { at, zone } = date
  const end = at + offsetMs
  const args = { attribute: name, ...(zone && { zone }) }
  if (end < scene.enrollment.arrivedAt) {
    return { take: 'next', reason: { code: 'date-passed', args: { ...args, at: end } } }
  }
  return restUntil(end, { code: 'wait', args, awaits: { attributes: true } }, scene)
}
