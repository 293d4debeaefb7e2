import { invalid } from '../../db/fault.ts'
import type { FlowDocument } from '../../flow/document.ts'
import type { Problem } from '../../flow/problem.ts'
import { reachedFrom } from '../../flow/ways.ts'

const UNPLAYABLE = new Set(['start-missing', 'start-not-trigger', 'too-many-nodes'])

/** A draft is played as it is, faults and all, unless it has no beginning or no end. */
export function refuseUnplayable({ nodes, start }: FlowDocument, problems: Problem[]): void {
  const reached = reachedFrom(nodes, start)
  const issues = problems.filter(
    ({ code, nodeId }) => UNPLAYABLE.has(code) || (code === 'cycle' && reached.has(nodeId ?? '')),
  )
  if (issues.length > 0) throw invalid(issues.map(({ code, path, message }) => ({ code, path, message })))
}
