import { bodyProblem } from '../../activities/render/request-body.ts'
import type { Tx } from '../../db/pool.ts'
import { bodyOf } from '../../flow/request.ts'
import type { FlowDocument } from '../../flow/document.ts'
import type { Problem } from '../../flow/problem.ts'
import { validate } from '../../flow/validate.ts'
import { readCatalog } from '../catalog.ts'
import type { Context } from '../http/context.ts'

/** What is wrong with a drawing, in view of all that its workspace has. */
export async function problemsOf(
  tx: Tx,
  { desk, reach }: Pick<Context, 'desk' | 'reach'>,
  document: FlowDocument,
): Promise<Problem[]> {
  const catalog = await readCatalog(tx, { memory: desk.memory, reach })
  return [...bodyProblems(document), ...validate(document, catalog)]
}

/** The Liquid of requests: reading it takes more than a browser has. */
function bodyProblems({ nodes }: FlowDocument): Problem[] {
  return Object.entries(nodes).flatMap(([nodeId, node]) => {
    const body = node.kind === 'webhook' ? bodyOf(node.request) : null
    const problem = body && bodyProblem(body, `nodes.${nodeId}.request.body`)
    if (!problem) return []
    const { code, path, message, severity } = problem
    return [{ code, nodeId, path, message, severity }]
  })
}
