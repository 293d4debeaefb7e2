import { setTimeout as pause } from 'node:timers/promises'
import { closeLease, openLease, renewLease } from '../../db/hot/leases.ts'
import type { Db } from '../../db/pool.ts'
import { isAway } from '../check-database.ts'

export interface Lease {
  current(): number
  close(): Promise<void>
}

const RENEW_EVERY = 1_000
const PATIENCE = 30_000
const LOOK_EVERY = 250

/** Keeps this process's lease alive; when it lapsed (the process was paused, the database away) takes a new one. */
export async function holdLease(db: Db): Promise<Lease> {
  let lease = await firstLease(db)
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

/** A database that was killed with this process comes back beside it: waiting is quicker than another start. */
async function firstLease(db: Db): Promise<number> {
  for (const deadline = Date.now() + PATIENCE; ;) {
    try {
      return await db.outside(openLease)
    } catch (error) {
      if (!isAway(error) || Date.now() > deadline) throw error
      await pause(LOOK_EVERY)
    }
  }
}
