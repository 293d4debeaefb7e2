import type { Tx } from '../pool.ts'
import { LEASE_LASTS } from './claim.ts'

/**
 * The last gate before a request leaves: pending → calling, for calls whose walk still carries them, whose journey no
 * act has ended, and whose flow is not paused; a test goes on in a pause. Locked in order of id, as by everyone who
 * stops some. The switch of all sending holds messages back, not calls.
 */
export async function grantCalls(
  tx: Tx,
  by: { walk: number; lease: number; ids: number[] },
): Promise<Set<number>> {
  const granted = await tx.rows<{ id: number }>(
    `with held as materialized (
       select id from webhook_call where id = any($1::bigint[]) and status = 'pending' order by id for no key update)
     update webhook_call c
       set status = 'calling', lease = $2, called_at = clock_timestamp(), attempt = c.attempt + 1, retry_at = null
     from held h
     where c.id = h.id
       and exists (select from enrollment e join flow f on f.id = e.flow
         where e.id = c.enrollment and e.walk = $3 and e.mark is null and (f.taken_out is null or e.version > f.taken_out)
           and (e.test or f.state <> 'paused'))
       and exists (select from lease where id = $2 and seen_at > clock_timestamp() - ${LEASE_LASTS})
     returning c.id`,
    [by.ids, by.lease, by.walk],
    'grant-calls',
  )
  return new Set(granted.map((row) => row.id))
}

/** Takes a grant back that was surely never acted on; the lock waits for the end of a commit still under way. */
export async function ungrantCalls(tx: Tx, lease: number, ids: number[]): Promise<void> {
  await tx.rows('select 1 from webhook_call where id = any($1::bigint[]) order by id for no key update', [
    ids,
  ])
  await tx.rows(
    `update webhook_call set status = 'pending', lease = null, attempt = attempt - 1
     where id = any($2::bigint[]) and status = 'calling' and lease = $1`,
    [lease, ids],
  )
}

/** Calls whose process is gone go out again: the other side tells them by their key. */
export async function giveBackLapsed(tx: Tx, enrollments: number[]): Promise<void> {
  if (enrollments.length === 0) return
  await tx.rows(
    `update webhook_call c set status = 'pending', lease = null
     where c.enrollment = any($1::bigint[]) and c.status = 'calling'
       and not exists (select from lease l where l.id = c.lease and l.seen_at > now() - ${LEASE_LASTS})`,
    [enrollments],
    'give-back-lapsed',
  )
}
