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
      await limitStatements(tx, Math.max(1, Math.round(ms)))
      await tx.rows(`select set_config('max_parallel_workers_per_gather', '0', true)`)
      return work(tx)
    })
  } catch (error) {
    if (isTooSlow(error)) return undefined
    throw error
  }
}

/** From here on each statement of this transaction may take so long; 0 lifts the limit. */
export async function limitStatements(tx: Tx, ms: number): Promise<void> {
  await tx.rows(`select set_config('statement_timeout', $1, true)`, [String(ms)])
}

/** Whether a statement was given up because it took longer than it may. */
export function isTooSlow(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === QUERY_CANCELED
}

const QUERY_CANCELED = '57014'
