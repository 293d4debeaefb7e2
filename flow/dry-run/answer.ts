import { answered } from '../call.ts'
import { changeEnrollment, type Play } from './play.ts'

/** A domain system that is called answers that all is well, and nothing to store. */
export function answer(play: Play): void {
  const { plan, enrollment } = play.scene
  const node = plan.nodes[enrollment.node]
  if (node?.kind !== 'webhook') return
  const call = {
    node: enrollment.node,
    status: 'done',
    retryAt: null,
    reason: answered(node.request, 200),
  } as const
  changeEnrollment(play, { calls: [...enrollment.calls, call] })
}
