import type { Issue } from './fault.ts'
import type { Tx } from './pool.ts'

/** A row that was not taken, by the line of the file it begins in; what is wrong names the column, never a value. */
export interface Reject {
  line: number
  issues: Issue[]
}

/** Keeps what was wrong with rows, in the transaction that passes them. */
export async function keepRejects(tx: Tx, of: number, rejects: Reject[]): Promise<void> {
  if (rejects.length === 0) return
  await tx.rows(
    `insert into import_reject (workspace, import, line, issues)
     select current_setting('app.workspace')::int, $1, r.line, r.issues
     from jsonb_to_recordset($2::jsonb) r(line int, issues jsonb) on conflict do nothing`,
    [of, JSON.stringify(rejects)],
  )
}

/** In the order of the file, after the line `after`. */
export async function listRejects(
  tx: Tx,
  { of, limit, after = 0 }: { of: number; limit: number; after?: number | undefined },
): Promise<Reject[]> {
  return tx.rows<Reject>(
    'select line, issues from import_reject where import = $1 and line > $2 order by line limit $3',
    [of, after, limit],
  )
}
