import type { Plan } from '../flow/plan.ts'
import { createStands } from './hot/stands.ts'
import { listenInside } from './listeners.ts'
import type { Tx } from './pool.ts'

export interface Storing {
  flow: number
  document: unknown
  plan: Plan
  note: string | null
  author: string
  /** The test run this version is for: it is hidden, and has no number. */
  testRun?: number
}

/** Stores an immutable version with its stands and what people inside it hear of; it takes no entries yet. */
export async function storeVersion(
  tx: Tx,
  { flow, document, plan, note, author, testRun }: Storing,
): Promise<{ id: number; number: number | null }> {
  const [version] = await tx.rows<{ id: number; number: number | null; workspace: number }>(
    `insert into flow_version (workspace, flow, number, document, plan, note, author, test_run)
     select current_setting('app.workspace')::int, $1, case when $6::bigint is null then coalesce(max(number), 0) + 1 end,
       $2, $3, $4, $5, $6
     from flow_version where flow = $1 returning id, number, workspace`,
    [flow, JSON.stringify(document), JSON.stringify(plan), note, author, testRun ?? null],
  )
  if (!version) throw new Error('an insert of one version returns one row')
  const { id, number, workspace } = version
  await createStands(tx, { workspace, version: id, nodes: Object.keys(plan.nodes) })
  await listenInside(tx, { flow, version: id, plan })
  return { id, number }
}
