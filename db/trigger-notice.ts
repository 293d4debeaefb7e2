import type { Tx } from './pool.ts'

/** The channel that tells workers to compare Temporal's launches and schedules with the rows. */
export const TRIGGERS_CHANNEL = 'triggers'

/** Says, once this transaction commits, that there is a launch to begin or a schedule to keep. */
export async function noticeTriggers(tx: Tx): Promise<void> {
  await tx.rows(`select pg_notify('${TRIGGERS_CHANNEL}', '')`)
}
