import type { Plan } from './plan.ts'

/** Types of the events that members of a plan wait for. */
export function awaitedEvents({ nodes }: Pick<Plan, 'nodes'>): string[] {
  const types = Object.values(nodes).flatMap((node) =>
    node.kind === 'wait' && node.for.by === 'event' ? [node.for.event] : [],
  )
  return [...new Set(types)]
}
