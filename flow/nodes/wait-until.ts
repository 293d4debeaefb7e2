import { zoneOf } from '../zone-of.ts'
import type { PlanWait } from '../plan.ts'
import type { Scene, Turn } from '../scene.ts'
import { instantOf, localClock, startOfDay, weekday } from '../zone.ts'
import { restUntil } from './wait-rest.ts'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE

type Until = Extract<PlanWait, { by: 'until' }>

/** Until the clock of a zone shows a time; who moves to another zone meanwhile waits for theirs. */
export function waitUntil(wait: Until, scene: Scene): Turn {
  const zone = wait.zone === 'member' ? zoneOf(scene) : scene.workspace.timeZone
  const { rest, dueAt, arrivedAt } = scene.enrollment
  const given = rest?.args?.['zone'] === zone ? dueAt : null
  return restUntil(given ?? nextTime(wait, arrivedAt, zone), { code: 'wait', args: { zone } }, scene)
}

/**
 * The first moment from `after` on at which the clock shows this time, on one of the weekdays. The whole minute counts:
 * who is sent here at nine and arrives a second later need not wait for the next day.
 */
export function nextTime(
  { time, weekdays }: Pick<Until, 'time' | 'weekdays'>,
  after: number,
  zone: string,
): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  const today = startOfDay(localClock(after, zone))
  for (let day = today; ; day += DAY) {
    if (weekdays && !weekdays.includes(weekday(day))) continue
    const at = instantOf(day + (hour * 60 + minute) * MINUTE, zone)
    if (at > after - MINUTE) return at
  }
}
