import type { Client } from '@temporalio/client'
import { RESEND_CHANNEL } from '../../db/hot/resends.ts'
import type { Desk } from '../../db/desk.ts'
import type { Db } from '../../db/pool.ts'
import { openHousekeeping } from './housekeeping.ts'
import { openReconciler } from './reconciler.ts'
import { openTriggers } from './triggers.ts'

interface Deps extends Desk {
  db: Db
  client: Client
  /** Hands over again what operators asked for in this workspace. */
  resend(workspace: number): Promise<void>
  onFault(what: string, error: unknown): void
}

/** What a worker does beside carrying members. */
export async function openChores(deps: Deps): Promise<{ close(): Promise<void> }> {
  const { db, resend, onFault } = deps
  const reconciler = openReconciler(deps)
  const triggers = await openTriggers(deps)
  const housekeeping = openHousekeeping(deps)
  const askedAgain = (workspace: string): void =>
    void resend(Number(workspace)).catch((error) => onFault('resend', error))
  const deaf = await db.listen(RESEND_CHANNEL, askedAgain, () => {})
  return {
    async close() {
      await Promise.all([reconciler.close(), triggers.close(), housekeeping.close(), deaf()])
    },
  }
}
