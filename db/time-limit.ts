import type { Db, Tx } from './pool.ts'

interface Limited {
  workspace: number
  /** For each statement. */
  ms: number
}

/**
 * Runs a question of somebody who waits for the answer; undefined when one of its statements took too long. On one core:
 * the engine keeps the others, and merging sorted indexes is faster than hashing them in parallel (consent of 200,000
 * members on two busy cores: 60 ms, not 150).
 */
export async function withTimeLimit<T>(
  db: Db,
  { workspace, ms }: Limited,
  work: (tx: Tx) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await db.inWorkspace(workspace, async (tx) => {
      await tx.rows(
        `select set_config('statement_timeout', $1, true), set_config('max_parallel_workers_per_gather', '0', true)`,
        [String(Math.max(1, Math.round(ms)))],
      )
      return work(tx)
    })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === QUERY_CANCELED) return undefined
    throw error
  }
}

const QUERY_CANCELED = '57014'
