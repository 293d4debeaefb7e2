import type { CallFact } from '../../flow/facts.ts'
import type { Tx } from '../pool.ts'

/** The call of a webhook step that may be granted. */
export interface ClaimedCall {
  id: number
  enrollment: number
  member: number
  node: string
  /** How often it was made so far. */
  attempt: number
  /** When it was claimed: the moment its body tells, however often it is tried. */
  created_at: Date
}

const CLAIMED = 'id, enrollment, member, node, attempt, created_at'

/** Writes down the calls that were decided on: the one row of each enrollment and step. */
export async function claimCalls(tx: Tx, calls: Claiming[]): Promise<ClaimedCall[]> {
  if (calls.length === 0) return []
  return tx.rows<ClaimedCall>(
    `insert into webhook_call (workspace, flow, enrollment, node, member, status)
     select current_setting('app.workspace')::int, r.flow, r.enrollment, r.node, r.member, 'pending'
     from jsonb_to_recordset($1::jsonb) r(flow int, enrollment bigint, node text, member bigint)
     on conflict (enrollment, node) do nothing returning ${CLAIMED}`,
    [JSON.stringify(calls)],
    'claim-calls',
  )
}

interface Claiming {
  flow: number
  enrollment: number
  node: string
  member: number
}

/** Calls of carried members that wait for their grant: a try whose time has come, or one that a dead process left. */
export async function pendingCalls(tx: Tx, enrollments: number[]): Promise<ClaimedCall[]> {
  if (enrollments.length === 0) return []
  return tx.rows<ClaimedCall>(
    `select ${CLAIMED} from webhook_call
     where enrollment = any($1::bigint[]) and status = 'pending' and (retry_at is null or retry_at <= now())`,
    [enrollments],
    'pending-calls',
  )
}

/** The calls of these enrollments, by enrollment. */
export async function callFacts(tx: Tx, enrollments: number[]): Promise<Map<number, CallFact[]>> {
  if (enrollments.length === 0) return new Map()
  const rows = await tx.rows<Omit<CallFact, 'retryAt'> & { enrollment: number; retry_at: Date | null }>(
    'select enrollment, node, status, retry_at, reason from webhook_call where enrollment = any($1::bigint[])',
    [enrollments],
    'calls',
  )
  const facts = rows.map(({ retry_at, enrollment, ...call }) => ({
    enrollment,
    call: { ...call, retryAt: retry_at?.getTime() ?? null },
  }))
  const grouped = Map.groupBy(facts, ({ enrollment }) => enrollment)
  return new Map([...grouped].map(([enrollment, own]) => [enrollment, own.map(({ call }) => call)]))
}
