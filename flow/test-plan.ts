import type { Channel } from './channels/channel.ts'
import type { Plan, PlanNode, PlanRoute, PlanWait } from './plan.ts'

/**
 * The plan of a test run: every wait, time-out and clock of a hop takes `ms`, so that weeks pass in seconds, and quiet
 * hours hold a message up no longer. All else is the drawing's.
 */
export function shortened(plan: Plan, ms: number): Plan {
  const nodes = Object.entries(plan.nodes).map(([id, node]) => [id, shortNode(node, ms)] as const)
  return {
    ...plan,
    nodes: Object.fromEntries(nodes),
    settings: { ...plan.settings, test: { restMs: ms } },
  }
}

function shortNode(node: PlanNode, ms: number): PlanNode {
  if (node.kind === 'wait') return { ...node, for: shortWait(node.for, ms) }
  if (node.kind === 'send') return { ...node, route: { ...node.route, hops: shortHops(node.route.hops, ms) } }
  return node
}

/** Times of the day and dates become a plain wait; an event is still waited for. */
function shortWait(wait: PlanWait, ms: number): PlanWait {
  if (wait.by === 'event') return { ...wait, timeoutMs: ms, insteadOf: wait.timeoutMs }
  return { by: 'duration', ms, insteadOf: wait.by === 'duration' ? wait.ms : null }
}

function shortHops(hops: PlanRoute['hops'], ms: number): PlanRoute['hops'] {
  const clocks = Object.entries(hops) as [Channel, NonNullable<PlanRoute['hops'][Channel]>][] // its keys are channels
  return Object.fromEntries(
    clocks.map(([channel, clock]) => {
      return [channel, { ...clock, fallbackAfterMs: ms, insteadOf: clock.fallbackAfterMs }] as const
    }),
  )
}
