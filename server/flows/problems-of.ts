import type { Tx } from '../../db/pool.ts'
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
  return validate(document, await readCatalog(tx, { memory: desk.memory, reach }))
}
