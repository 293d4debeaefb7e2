import type { PlanWait } from '../plan.ts'
import type { Scene, Turn } from '../scene.ts'
import { waitForDate } from './wait-date.ts'
import { waitForEvent } from './wait-event.ts'
import { restUntil } from './wait-rest.ts'
import { waitUntil } from './wait-until.ts'

/**
 * What a wait does with a member who stands at it. A rest that began here keeps the end it was given (a pause may have
 * shifted it); one whose end was taken away is given a new one, from when they arrived.
 */
export function waitTurn(wait: PlanWait, scene: Scene): Turn {
  switch (wait.by) {
    case 'duration':
      return waitFor(wait, scene)
    case 'until':
      return waitUntil(wait, scene)
    case 'date':
      return waitForDate(wait, scene)
    case 'event':
      return waitForEvent(wait, scene)
  }
}

function waitFor({ ms, insteadOf }: Extract<PlanWait, { by: 'duration' }>, scene: Scene): Turn {
  const { arrivedAt, dueAt } = scene.enrollment
  const args = { ms, ...(insteadOf !== undefined && { insteadOf }) }
  return restUntil(dueAt ?? arrivedAt + ms, { code: 'wait', args }, scene)
}
