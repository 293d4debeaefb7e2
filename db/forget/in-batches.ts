import { setTimeout as pause } from 'node:timers/promises'
import type { Db } from '../pool.ts'

/** Whose rows go. */
export interface Forgetting {
  db: Db
  workspace: number
  /** False once the process shuts down: the rest is left to the next time. */
  isOpen(): boolean
}

/** As many go in one transaction: a few tens of milliseconds. */
const BATCH = 2_000
/** In between, so that whatever is under way keeps most of the machine. */
const REST_MS = 20

interface Deleting {
  /** No partitioned table: one of its parts. */
  table: string
  /** SQL that is true for rows that are to go, with `$1`. */
  where: string
  param: unknown
}

/** Deletes rows a few at a time; answers how many. */
export async function deleteInBatches(of: Forgetting, { table, where, param }: Deleting): Promise<number> {
  return inBatches(of, BATCH, () =>
    of.db.inWorkspace(of.workspace, async (tx) => {
      const gone = await tx.rows(
        `delete from ${table} where ctid = any(array(select ctid from ${table} where ${where} limit ${BATCH}))
         returning 1`,
        [param],
      )
      return gone.length
    }),
  )
}

/** Does the same again until there is less than a whole batch to do; answers the sum. */
export async function inBatches(
  { isOpen }: Forgetting,
  size: number,
  batch: () => Promise<number>,
): Promise<number> {
  let sum = 0
  while (isOpen()) {
    const done = await batch()
    sum += done
    if (done < size) break
    await pause(REST_MS)
  }
  return sum
}
