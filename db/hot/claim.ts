import type { EnrollmentFacts, Rest } from '../../flow/facts.ts'
import type { Reason } from '../../flow/reason.ts'
import type { Tx } from '../pool.ts'
import type { Lane, StandKey } from './stands.ts'

/** An enrollment that a walk carries, as its row says. */
export interface Carried {
  id: number
  flow: number
  version: number
  member: number
  node: string
  lane: Lane
  period: string
  seq: number
  entry: EnrollmentFacts['entry']
  journey: Record<string, unknown> | null
  rest: Rest | null
  mark: Reason | null
  test: boolean
  due_at: Date | null
  entered_at: Date
  arrived_at: Date
  /** The database's clock, the only one that says what is due. */
  now: Date
  /** The last event received by anybody: this member's, whose row is locked, are among those up to it. */
  seen: number
}

const columnsOf = (e: string): string =>
  `${e}.id, ${e}.flow, ${e}.version, ${e}.member, ${e}.node, ${e}.lane, ${e}.period, ${e}.seq, ${e}.entry, ${e}.journey,
   ${e}.rest, ${e}.mark, ${e}.test, case when ${e}.due_at < 'infinity' then ${e}.due_at end due_at, ${e}.entered_at,
   ${e}.arrived_at, now() now, (select case when is_called then last_value else 0 end from event_id_seq) seen`

const COLUMNS = columnsOf('enrollment')

/**
 * Up to `limit` ready members of a stand, each with the lock of their member row; rows locked elsewhere are passed
 * over, so a claim never waits. The rows are only locked here: what is decided for them in the same transaction says
 * whether the walk carries them on.
 */
export async function claimReady(tx: Tx, stand: StandKey, limit: number): Promise<Carried[]> {
  return tx.rows<Carried>(
    `select ${columnsOf('e')}
     from enrollment e join member m on m.id = e.member
     where e.version = $1 and e.node = $2 and e.lane = $3 and e.state <> 'ended' and e.due_at <= now() and e.walk is null
     order by e.due_at limit $4 for no key update of e, m skip locked`,
    [stand.version, stand.node, stand.lane, limit],
    'claim-ready',
  )
}

/** Enrollments as they are, carried or not. */
export async function enrollmentsById(tx: Tx, ids: number[]): Promise<Carried[]> {
  return tx.rows<Carried>(`select ${COLUMNS} from enrollment where id = any($1::bigint[])`, [ids])
}

/** Locks the members of these enrollments in order of id, as every writer about members does. */
export async function lockMembers(tx: Tx, members: number[]): Promise<void> {
  await tx.rows(
    'select 1 from member where id = any($1::bigint[]) order by id for no key update',
    [[...new Set(members)]],
    'lock-members',
  )
}

/**
 * The rows among these that still carry the walk's number: only they may be moved by it. `is not distinct` cannot be
 * looked up in the index of walks, which holds all that it carries.
 */
export async function holdCarried(tx: Tx, walk: number, enrollments: number[]): Promise<Carried[]> {
  return tx.rows<Carried>(
    `select ${COLUMNS} from enrollment where id = any($2::bigint[]) and walk is not distinct from $1 and state <> 'ended'
     order by id for no key update`,
    [walk, enrollments],
    'hold-carried',
  )
}

/** Members a walk carries that no live hand-over or call keeps: their next decision is due. */
export async function carriedAndSettled(tx: Tx, walk: number): Promise<{ id: number; member: number }[]> {
  return tx.rows<{ id: number; member: number }>(
    `select id, member from enrollment e where walk = $1 and not exists (
       select from message m join lease l on l.id = m.lease
       where m.enrollment = e.id and m.status = 'sending' and l.seen_at > now() - ${LEASE_LASTS})
     and not exists (
       select from webhook_call c join lease l on l.id = c.lease
       where c.enrollment = e.id and c.status = 'calling' and l.seen_at > now() - ${LEASE_LASTS})`,
    [walk],
    'carried-and-settled',
  )
}

/** How long a process is believed alive after its last renewal. */
export const LEASE_LASTS = `interval '4 seconds'`
