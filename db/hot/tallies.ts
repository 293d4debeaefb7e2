import type { Tx } from '../pool.ts'

/** `n` members moved at a node: `in`, `left`, or `>` + exit handle. */
export interface Movement {
  version: number
  node: string
  what: string
  n: number
}

/** Appends movements, summed. Appending never contends; the reconciler sums old rows up. */
export async function addTallies(tx: Tx, movements: Movement[]): Promise<void> {
  if (movements.length === 0) return
  await tx.rows(
    `insert into tally (workspace, version, node, what, n)
     select current_setting('app.workspace')::int, version, node, what, sum(n)
     from jsonb_to_recordset($1::jsonb) r(version int, node text, what text, n int) group by version, node, what`,
    [JSON.stringify(movements)],
    'add-tallies',
  )
}
