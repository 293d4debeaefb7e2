import type { Plan, PlanTrigger } from './plan.ts'

/** What starts a plan; a plan always begins with a trigger. */
export function triggerOf({ nodes, start }: Pick<Plan, 'nodes' | 'start'>): PlanTrigger {
  const node = nodes[start]
  return node?.kind === 'trigger' ? node.on : { by: 'launch' }
}
