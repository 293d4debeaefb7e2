import type { Reason } from '../../flow/reason.ts'
import type { Tx } from '../pool.ts'
import { makeRoom } from './room.ts'

/**
 * A journey that ends takes its unsent messages with it, for the reason that ends it. Like a grant it takes them in
 * order of id, so that the two never wait for each other both ways. The caller holds the members' locks.
 */
export async function cancelPending(tx: Tx, ended: { id: number; reason: Reason }[]): Promise<void> {
  if (ended.length === 0) return
  const failed = await tx.rows<{ member: number }>(
    `with held as materialized (
       select id, period, enrollment from message where enrollment = any($1::bigint[]) and status = 'pending'
       order by id for no key update)
     update message m set status = 'failed', failed_at = now(), reason = r.reason
     from held h join jsonb_to_recordset($2::jsonb) r(id bigint, reason jsonb) on r.id = h.enrollment
     where m.id = h.id and m.period = h.period returning m.member`,
    [ended.map((one) => one.id), JSON.stringify(ended)],
    'cancel-pending',
  )
  await makeRoom(
    tx,
    failed.map((row) => row.member),
  )
}
