import type { Db, Tx } from './pool.ts'

/** Long enough for the slowest question about a page of members; a longer one is given up. */
const STATEMENT_TIMEOUT = '15s'

/** Runs `work` in a transaction of a workspace in which the database refuses every write. */
export function readOnly<T>(db: Db, workspace: number, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.inWorkspace(workspace, async (tx) => {
    const [, result] = await Promise.all([
      tx.rows(
        `select set_config('transaction_read_only', 'on', true), set_config('statement_timeout', '${STATEMENT_TIMEOUT}', true)`,
      ),
      work(tx),
    ])
    return result
  })
}
