import type { PlanTrigger } from '../../flow/plan.ts'
import type { PublishedVersion } from '../plans.ts'

/** A member who was never in a flow, and the version that takes entries. */
export interface Outside {
  version: PublishedVersion
  member: number
}

export type OutsideOf<By extends PlanTrigger['by']> = Outside & {
  trigger: Extract<PlanTrigger, { by: By }>
}
