import { dryRun, type Played, type Playing } from '../../flow/dry-run/dry-run.ts'
import type { Reply } from '../../flow/dry-run/reply.ts'
import { told } from '../../flow/dry-run/told.ts'
import type { PlanNode } from '../../flow/plan.ts'
import { NOW } from './scene.ts'
import { HOUR, standing, type Standing } from './standing.ts'

export const MINUTE = HOUR / 60
export const start = (next: string | null, change: object = {}): PlanNode => ({
  kind: 'trigger',
  label: null,
  on: { by: 'event', event: 'Won', where: null },
  exits: { next },
  ...change,
})
export const whether = (asked: object, yes: string | null = null, no: string | null = null): PlanNode =>
  ({ kind: 'condition', label: 'Asked', if: asked, exits: { yes, no } }) as PlanNode

interface Lived extends Standing {
  event?: Playing['event']
  replies?: Reply[]
}

export function played({ event = {}, replies = [], ...at }: Lived): Played {
  const { plan, workspace, member } = standing(at)
  const journey = dryRun({ plan, workspace, member, event, start: NOW, replies })
  return { ...journey, steps: told(journey, { event }) }
}

/** `node outcome code`, and how long after the entry when that is not at once. */
export function trace(lived: Lived): string[] {
  return played(lived).steps.map(({ node, outcome, reason, at }) => {
    const after = at === NOW ? '' : ` +${(at - NOW) / MINUTE}`
    return `${node} ${outcome} ${reason.code}${after}`
  })
}
