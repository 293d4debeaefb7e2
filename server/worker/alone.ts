import type { Db } from '../../db/pool.ts'

const BUSY_EVERY = 1_000

/**
 * Runs the work unless another process is at it; `lock` is any number that nobody else locks. The lock lasts as long as
 * its transaction. The server ends one that is idle, so that a paused process does not keep the lock; this one is kept
 * busy.
 */
export async function alone(db: Db, lock: number, work: () => Promise<void>): Promise<boolean> {
  return db.outside(async (tx) => {
    const [got] = await tx.rows<{ held: boolean }>('select pg_try_advisory_xact_lock($1) held', [lock])
    if (!got?.held) return false
    const busy = setInterval(() => void tx.rows('select 1').catch(() => {}), BUSY_EVERY)
    await work().finally(() => clearInterval(busy))
    return true
  })
}
