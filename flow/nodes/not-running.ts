import type { NodeKind } from '../plan.ts'
import type { Turn } from '../scene.ts'

/** The turn of a kind that can be drawn but not published: nobody is carried into the unknown. */
export function notRunning(kind: NodeKind): Turn {
  return { leave: { code: 'kind-not-running', args: { kind } } }
}
