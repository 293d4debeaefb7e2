import type { Channel } from '../../flow/channels/channel.ts'
import type { Reason } from '../../flow/reason.ts'
import { failPending } from '../pending.ts'
import type { Tx } from '../pool.ts'
import { LEASE_LASTS } from './claim.ts'
import { makeRoom } from './room.ts'

/** What a hand-over did to its row. `retryInMs` sends it back to pending; `suppress` keeps the address from being used again. */
export interface Settlement {
  id: number
  period: string
  member: number
  enrollment: number
  /** Which hand-over this is of, from 1; an outcome of an earlier one says nothing about the row. */
  attempt: number
  status: 'sent' | 'failed' | 'unknown' | 'pending'
  at: number
  reason: Reason | null
  response: string | null
  providerId: string | null
  retryInMs: number | null
  suppress: string | null
}

/**
 * Writes outcomes by rank: a row that a receipt has raised already keeps its status and learns what it lacked; an
 * outcome that comes after its row was given up as unknown still raises it. Writing one again, because the answer to
 * the commit was lost, changes nothing, also when the message is being sent once more by then. The `any($1)` beside the join keeps an
 * index scan on tables without statistics (5,047 against 14,890 messages/s, measured).
 */
export async function writeOutcomes(tx: Tx, settled: Settlement[]): Promise<void> {
  if (settled.length === 0) return
  await tx.rows(
    `update message m set
       status = case
         when m.status = 'sending' then r.status
         when m.status = 'pending' and r.status = 'failed' then 'failed'
         when m.status = 'unknown' and r.status in ('sent', 'failed') then r.status
         when m.status = 'unknown' and r.status = 'pending' then 'failed'
         else m.status end,
       reason = case when m.status in ('pending', 'sending', 'unknown') then r.reason else m.reason end,
       response = coalesce(r.response, m.response),
       provider_id = coalesce(r."providerId", m.provider_id),
       sent_at = case when r.status = 'sent' then coalesce(m.sent_at, r.at) else m.sent_at end,
       failed_at = case when r.status = 'failed' or (m.status = 'unknown' and r.status = 'pending')
         then coalesce(m.failed_at, r.at) else m.failed_at end,
       retry_at = case when m.status = 'sending' and r.status = 'pending'
         then date_trunc('milliseconds', now() + r."retryInMs" * interval '1 millisecond') else m.retry_at end,
       attempts = case when m.status = 'sending' and r.status = 'pending'
         then coalesce(m.attempts, '[]') || jsonb_build_object('at', m.granted_at, 'outcome', 'not-sent', 'response', r.response)
         else m.attempts end
     from jsonb_to_recordset($3::jsonb) r(id bigint, attempt smallint, status text, at timestamptz, reason jsonb, response text,
       "providerId" text, "retryInMs" bigint)
     where m.id = any($1::bigint[]) and m.period = any($2::date[]) and m.id = r.id and m.attempt = r.attempt`,
    [
      settled.map((row) => row.id),
      [...new Set(settled.map((row) => row.period))],
      JSON.stringify(settled.map((row) => ({ ...row, at: new Date(row.at) }))),
    ],
    'write-outcomes',
  )
  await suppress(
    tx,
    settled.filter((row) => row.suppress),
  )
  await makeRoom(
    tx,
    settled.filter((row) => row.status === 'failed').map((row) => row.member),
  )
}

/** An address that a provider refused for good is not used on that channel again, nor for what waits already. */
async function suppress(tx: Tx, settled: Settlement[]): Promise<void> {
  if (settled.length === 0) return
  const struck = await tx.rows<{ message: number; channel: Channel; reason: string; at: Date }>(
    `insert into suppression (workspace, channel, digest, reason, message)
     select m.workspace, m.channel, a.digest, r.suppress, m.id
     from jsonb_to_recordset($2::jsonb) r(id bigint, suppress text)
     join message m on m.id = r.id
     join address a on a.member = m.member and a.value = m."to"
     where m.id = any($1::bigint[])
     on conflict do nothing returning message, channel, reason, at`,
    [settled.map((row) => row.id), JSON.stringify(settled.map(({ id, suppress }) => ({ id, suppress })))],
    'suppress',
  )
  const members = new Map(settled.map((row) => [row.id, row.member]))
  const refusals = struck.map(({ message, channel, reason: why, at }) => {
    const reason = { code: 'suppressed', args: { channel, why, at: at.getTime() } }
    return { member: members.get(message) ?? 0, channel, topic: null, reason }
  })
  await failPending(tx, refusals)
}

/** Rows in `sending` whose process is gone: they may have left, so they are never sent again by the engine. */
export async function giveUpLapsed(tx: Tx, enrollments: number[]): Promise<number> {
  if (enrollments.length === 0) return 0
  const given = await tx.rows(
    `update message m set status = 'unknown', reason = '{"code": "perhaps-sent"}'
     where m.enrollment = any($1::bigint[]) and m.status = 'sending'
       and not exists (select from lease l where l.id = m.lease and l.seen_at > now() - ${LEASE_LASTS})
     returning 1`,
    [enrollments],
    'give-up-lapsed',
  )
  return given.length
}
