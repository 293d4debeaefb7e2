import type { FlowDocument } from './document.ts'
import { own } from './own.ts'
import type { Reason } from './reason.ts'

/** Whether members at rest at a step can be moved to the same step of this drawing, and why. */
export function canMove(
  step: { node: string; kind: string | null },
  { nodes }: Pick<FlowDocument, 'nodes'>,
): { movable: boolean; why: Reason } {
  const there = own(nodes, step.node)
  if (!there) return { movable: false, why: { code: 'stays-step-gone' } }
  if (there.kind !== step.kind)
    return { movable: false, why: { code: 'stays-other-kind', args: { kind: there.kind } } }
  return { movable: true, why: { code: 'can-move' } }
}
