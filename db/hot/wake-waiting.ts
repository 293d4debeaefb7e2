import type { Tx } from '../pool.ts'
import { readyStands, type StandKey } from './stands.ts'

/** An event that was just received: for whom, and in which order. */
export interface Received {
  memberId: number
  type: string
  seq: number
}

/**
 * Members who wait for one of these events are decided on at once. The caller holds the members' locks: who is on the
 * way to a wait is there by now, or arrives after these events and does not wait for them.
 */
export async function wakeAwaitingEvents(tx: Tx, received: Received[]): Promise<void> {
  if (received.length === 0) return
  const due = await tx.rows<StandKey>(
    `update enrollment set due_at = now() where id = any(array(
       select e.id from unnest($1::bigint[], $2::text[], $3::bigint[]) r(member, type, seq)
       join enrollment e on e.member = r.member
       where e.member = any($1::bigint[]) and e.state = 'resting' and e.walk is null and e.due_at > now()
         and e.version in (select version from listener where role = 'wait' and event_type = any($2::text[]))
         and e.rest->'awaits'->>'event' = r.type and (e.rest->'awaits'->>'afterSeq')::bigint < r.seq
       order by e.id for no key update of e))
     returning version, node, lane`,
    [received.map((one) => one.memberId), received.map((one) => one.type), received.map((one) => one.seq)],
    'wake-awaiting-events',
  )
  await readyStands(tx, due)
}

/** What changed about a member. */
export interface Changed {
  id: number
  /** Whether they live by another clock now. */
  moved: boolean
}

/**
 * Members who rest until a date that may have been moved, or until a time of day on a clock that is another now, are
 * decided on afresh. The caller holds the members' locks.
 */
export async function wakeChanged(tx: Tx, changed: Changed[]): Promise<void> {
  if (changed.length === 0) return
  const due = await tx.rows<StandKey>(
    `update enrollment set due_at = now() where id = any(array(
       select e.id from unnest($1::bigint[], $2::boolean[]) c(member, moved)
       join enrollment e on e.member = c.member
       where e.member = any($1::bigint[]) and e.state = 'resting' and e.walk is null and e.due_at > now()
         and (e.rest->'awaits'->'attributes' = 'true' or (c.moved and e.rest->'args' ? 'zone'))
       order by e.id for no key update of e))
     returning version, node, lane`,
    [changed.map((one) => one.id), changed.map((one) => one.moved)],
    'wake-changed',
  )
  await readyStands(tx, due)
}
