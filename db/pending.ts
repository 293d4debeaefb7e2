import type { Channel } from '../flow/channels/channel.ts'
import type { Reason } from '../flow/reason.ts'
import { makeRoom } from './hot/room.ts'
import { readyStands, type StandKey } from './hot/stands.ts'
import type { Tx } from './pool.ts'

/** Why a member's unsent messages on a channel may not leave; topic null: none of them, else the marketing ones of it. */
export interface Refusal {
  member: number
  channel: Channel
  topic: string | null
  reason: Reason
}

/**
 * Fails messages that wait for their grant: who stores a refusal calls this in the same transaction, so it wins over
 * every later grant. Members who rest until such a message may leave are decided on at once. The caller holds the
 * members' locks; a walk that carries one finds the row failed when it settles.
 */
export async function failPending(tx: Tx, refusals: Refusal[]): Promise<void> {
  if (refusals.length === 0) return
  const held = await hold(tx, refusals)
  if (held.length === 0) return
  await tx.rows(
    `update message m set status = 'failed', failed_at = now(), retry_at = null, reason = r.reason
     from jsonb_to_recordset($3::jsonb) r(id bigint, reason jsonb)
     where m.id = any($1::bigint[]) and m.period = any($2::date[]) and m.id = r.id`,
    [held.map((row) => row.id), [...new Set(held.map((row) => row.period))], JSON.stringify(held)],
  )
  await decideAgain(
    tx,
    held.map((row) => row.enrollment),
  )
  await makeRoom(
    tx,
    refusals.map((one) => one.member),
  )
}

interface Held {
  id: number
  period: string
  enrollment: number
  reason: Reason
}

/** Locks in order of id: a grant of many messages is never waited for both ways. One that it took is pending no more. */
async function hold(tx: Tx, refusals: Refusal[]): Promise<Held[]> {
  return tx.rows<Held>(
    `select m.id, m.period, m.enrollment, r.reason
     from jsonb_to_recordset($2::jsonb) r(member bigint, channel text, topic text, reason jsonb)
     join message m on m.member = r.member and m.channel = r.channel
     where m.member = any($1::bigint[]) and m.status = 'pending'
       and (r.topic is null or (m.topic = r.topic and exists (
         select from flow_version v where v.id = m.version and v.plan->'settings'->>'purpose' = 'marketing')))
     order by m.id for no key update of m`,
    [[...new Set(refusals.map((one) => one.member))], JSON.stringify(refusals)],
  )
}

async function decideAgain(tx: Tx, enrollments: number[]): Promise<void> {
  if (enrollments.length === 0) return
  const due = await tx.rows<StandKey>(
    `update enrollment set due_at = now()
     where id = any($1::bigint[]) and state = 'resting' and walk is null
     returning version, node, lane`,
    [enrollments],
  )
  await readyStands(tx, due)
}
