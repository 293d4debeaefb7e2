import type { FlowDocument } from './document.ts'
import { own } from './own.ts'
import type { Reason } from './reason.ts'

/** Whether members at rest at a step would go on in this drawing if they were moved to it, and why. */
export function wouldMove(
  step: { node: string; kind: string | null },
  { nodes }: Pick<FlowDocument, 'nodes'>,
): { moves: boolean; why: Reason } {
  const there = own(nodes, step.node)
  if (!there) return { moves: false, why: { code: 'stays-step-gone' } }
  if (there.kind !== step.kind)
    return { moves: false, why: { code: 'stays-other-kind', args: { kind: there.kind } } }
  return { moves: true, why: { code: 'would-move' } }
}
