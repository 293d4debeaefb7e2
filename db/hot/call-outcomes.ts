import type { Reason } from '../../flow/reason.ts'
import type { Tx } from '../pool.ts'

/** What a call came to. `pending`: it is tried again after `retryInMs`. */
export interface CallSettlement {
  id: number
  enrollment: number
  member: number
  /** Which try this is of, from 1; the outcome of an earlier one says nothing any more. */
  attempt: number
  status: 'done' | 'failed' | 'pending'
  response: number | null
  reason: Reason
  retryInMs: number | null
  /** Values for the journey, by name. */
  variables: Record<string, unknown> | null
}

/**
 * Writes outcomes of calls, and what they store into their journeys. Writing one again changes nothing. A call that was
 * given back because its process seemed dead still takes its answer, unless it is being made again by then.
 */
export async function settleCalls(tx: Tx, settled: CallSettlement[]): Promise<void> {
  if (settled.length === 0) return
  const rows = JSON.stringify(settled)
  const ids = settled.map((row) => row.id)
  await Promise.all([
    tx.rows(
      `with held as materialized (
         select id from webhook_call where id = any($1::bigint[]) order by id for no key update)
       update webhook_call c set status = r.status, response = r.response, reason = r.reason,
         retry_at = case when r.status = 'pending'
           then date_trunc('milliseconds', now() + r."retryInMs" * interval '1 millisecond') end,
         ended_at = case when r.status <> 'pending' then now() end
       from held h join jsonb_to_recordset($2::jsonb) r(id bigint, attempt smallint, status text, response smallint,
         reason jsonb, "retryInMs" bigint) on r.id = h.id
       where c.id = h.id and c.attempt = r.attempt
         and (c.status = 'calling' or (c.status = 'pending' and r.status <> 'pending'))`,
      [ids, rows],
      'settle-calls',
    ),
    storeVariables(
      tx,
      settled.filter((row) => row.variables !== null),
    ),
  ])
}

/** A journey that an act has ended takes nothing in: the member may have been erased. */
async function storeVariables(tx: Tx, settled: CallSettlement[]): Promise<void> {
  if (settled.length === 0) return
  await tx.rows(
    `with held as materialized (
       select id from enrollment where id = any($1::bigint[]) and state <> 'ended' and mark is null
       order by id for no key update)
     update enrollment e set journey = coalesce(e.journey, '{}') || r.variables
     from held h
     join jsonb_to_recordset($2::jsonb) r(id bigint, enrollment bigint, attempt smallint, variables jsonb)
       on r.enrollment = h.id
     join webhook_call c on c.id = r.id and c.attempt = r.attempt and c.status = 'done'
     where e.id = h.id`,
    [settled.map((row) => row.enrollment), JSON.stringify(settled)],
    'store-variables',
  )
}

/** A journey that ends takes its calls with it that are not under way. */
export async function cancelCalls(tx: Tx, ended: { id: number; reason: Reason }[]): Promise<void> {
  if (ended.length === 0) return
  await tx.rows(
    `with held as materialized (
       select id, enrollment from webhook_call where enrollment = any($1::bigint[]) and status = 'pending'
       order by id for no key update)
     update webhook_call c set status = 'failed', retry_at = null, ended_at = now(), reason = r.reason
     from held h join jsonb_to_recordset($2::jsonb) r(id bigint, reason jsonb) on r.id = h.enrollment
     where c.id = h.id`,
    [ended.map((one) => one.id), JSON.stringify(ended)],
    'cancel-calls',
  )
}
