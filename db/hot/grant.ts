import type { Tx } from '../pool.ts'
import { LEASE_LASTS } from './claim.ts'

/**
 * The last gate: pending → sending for those messages whose walk still carries them, whose journey no act has ended,
 * and whose workspace sends. Only returned ids may be handed over. Consent, suppression and erasure need no look here:
 * whoever stores them fails the member's pending rows in the same transaction, so such a row is pending no more.
 * They are locked in order of id, as by everyone who stops some. A process whose lease lapsed (it was paused) is
 * granted nothing. What an operator wants sent again needs no walk. Contents are looked up by id in one object: a join
 * with a list of them was planned as a loop in a loop (65 ms of 72 for 500).
 */
export async function grant(
  tx: Tx,
  by: { walk: number; lease: number; messages: Granting[] },
): Promise<Set<number>> {
  const granted = await tx.rows<{ id: number }>(
    `with held as materialized (
       select id from message
       where id = any($1::bigint[]) and period = any($2::date[]) and status = 'pending' order by id for no key update)
     update message m set status = 'sending', lease = $3, granted_at = clock_timestamp(), attempt = m.attempt + 1,
       late = m.late or clock_timestamp() - m.created_at >= interval '71 hours', retry_at = null,
       subject = $5::jsonb -> m.id::text ->> 'subject', vars = $5::jsonb -> m.id::text -> 'vars'
     where m.id = any(array(select id from held)) and m.period = any($2::date[])
       and m.attempt = ($5::jsonb -> m.id::text ->> 'attempt')::int and (m.retry_at is null or m.retry_at <= clock_timestamp())
       and (m.resend or exists (select from enrollment e join flow f on f.id = e.flow
         where e.id = m.enrollment and e.walk = $4 and e.mark is null
           and (f.taken_out is null or e.version > f.taken_out)
           and (e.launch is null or e.launch <> all(array(select id from launch where taking_out)))))
       and exists (select from lease where id = $3 and seen_at > clock_timestamp() - ${LEASE_LASTS})
       and (m.test or not exists (select from flow f where f.id = m.flow and f.state = 'paused'))
       and not exists (select from settings where body->'sending' = 'false')
     returning m.id`,
    [
      by.messages.map((message) => message.id),
      [...new Set(by.messages.map((message) => message.period))],
      by.lease,
      by.walk,
      JSON.stringify(Object.fromEntries(by.messages.map(({ id, ...granting }) => [id, granting]))),
    ],
    'grant',
  )
  return new Set(granted.map((row) => row.id))
}

export interface Granting {
  id: number
  period: string
  /** How often it was handed over when it was read: another process may have gone on with it since. */
  attempt: number
  subject: string | null
  vars: unknown
}

/**
 * Takes a grant back that was surely never acted on. Its commit may still be under way on the connection that broke:
 * the lock waits for the end of it, and only the next statement sees how it ended.
 */
export async function ungrant(tx: Tx, lease: number, ids: number[]): Promise<void> {
  await tx.rows('select 1 from message where id = any($1::bigint[]) order by id for no key update', [ids])
  await tx.rows(
    `update message set status = 'pending', lease = null, attempt = attempt - 1
     where id = any($2::bigint[]) and status = 'sending' and lease = $1`,
    [lease, ids],
  )
}
