import { closeLease, openLease, renewLease } from '../../db/hot/leases.ts'
import type { Db } from '../../db/pool.ts'

export interface Lease {
  current(): number
  close(): Promise<void>
}

const RENEW_EVERY = 1_000

/** Keeps this process's lease alive; when it lapsed (the process was paused, the database away) takes a new one. */
export async function holdLease(db: Db): Promise<Lease> {
  let lease = await db.outside(openLease)
  let busy = false
  const renew = async (): Promise<void> => {
    if (busy) return
    busy = true
    try {
      const kept = await db.outside((tx) => renewLease(tx, lease))
      if (!kept) lease = await db.outside(openLease)
    } finally {
      busy = false
    }
  }
  const timer = setInterval(() => void renew().catch(() => {}), RENEW_EVERY)
  return {
    current: () => lease,
    async close() {
      clearInterval(timer)
      await db.outside((tx) => closeLease(tx, lease)).catch(() => {})
    },
  }
}
