import type { Step } from '../decision.ts'
import type { Reason } from '../reason.ts'

/**
 * Each channel that was refused as a step of its own, before the step that came of it. What refused it when the member
 * came by, and still does when they are looked at again, is told once.
 */
export function tellRefusals<S extends Step>(steps: readonly S[]): (S | Step)[] {
  const told = new Set<string>()
  return steps.flatMap((step) => {
    const refusals = (step.candidates ?? []).flatMap(({ refused }) => {
      const key = refused && `${step.node} ${JSON.stringify(refused)}`
      if (!key || told.has(key)) return []
      told.add(key)
      return [refusal(step, refused)]
    })
    return [...refusals, step]
  })
}

function refusal({ node, at }: Step, reason: Reason): Step {
  return { node, at, outcome: 'refused', reason }
}
