import type { Tx } from '../pool.ts'
import { LEASE_LASTS } from './claim.ts'
import { CLAIMED, type Claimed } from './write-decisions.ts'

/** The channel that tells workers which workspace has messages to send again. */
export const RESEND_CHANNEL = 'resend'

export async function announceResend(tx: Tx): Promise<void> {
  await tx.rows(`select pg_notify('${RESEND_CHANNEL}', current_setting('app.workspace'))`)
}

/** Messages an operator wants sent again, as far as their time has come; of which a dead process left one in doubt is unknown again. */
export async function messagesToResend(tx: Tx): Promise<Claimed[]> {
  const [, pending] = await Promise.all([
    tx.rows(
      `update message m set status = 'unknown', reason = '{"code": "perhaps-sent"}'
       where m.resend and m.status = 'sending'
         and not exists (select from lease l where l.id = m.lease and l.seen_at > now() - ${LEASE_LASTS})`,
    ),
    tx.rows<Claimed>(
      `select ${CLAIMED} from message
       where resend and status = 'pending' and (retry_at is null or retry_at <= now()) order by id limit 500`,
    ),
  ])
  return pending
}
