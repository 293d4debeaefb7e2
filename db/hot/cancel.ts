import type { Reason } from '../../flow/reason.ts'
import type { Tx } from '../pool.ts'

/** A journey that ends takes its unsent messages with it, for the reason that ends it. */
export async function cancelPending(tx: Tx, ended: { id: number; reason: Reason }[]): Promise<void> {
  if (ended.length === 0) return
  await tx.rows(
    `update message m set status = 'failed', failed_at = now(), reason = r.reason
     from jsonb_to_recordset($2::jsonb) r(id bigint, reason jsonb)
     where m.enrollment = any($1::bigint[]) and m.enrollment = r.id and m.status = 'pending'`,
    [ended.map((one) => one.id), JSON.stringify(ended)],
    'cancel-pending',
  )
}
