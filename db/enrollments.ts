import type { Candidate } from '../flow/decision.ts'
import type { Reason } from '../flow/reason.ts'
import type { Tx } from './pool.ts'

export interface EnrollmentRow {
  id: number
  member: string
  version: number
  node: string
  state: 'active' | 'resting' | 'ended'
  due_at: Date | null
  rest: Reason | null
  mark: Reason | null
  reason: Reason | null
  test: boolean
  entered_at: Date
  ended_at: Date | null
}

export interface EnrollmentFilter {
  flow: number
  member?: string | undefined
  node?: string | undefined
  state?: EnrollmentRow['state'] | undefined
  before?: number | undefined
  limit: number
}

/** Newest first. */
export async function listEnrollments(tx: Tx, filter: EnrollmentFilter): Promise<EnrollmentRow[]> {
  const { flow, member, node, state, before, limit } = filter
  return tx.rows<EnrollmentRow>(
    `select e.id, m.external_id member, v.number version, e.node, e.state,
       case when e.due_at < 'infinity' then e.due_at end due_at, e.rest, e.mark, e.reason, e.test, e.entered_at, e.ended_at
     from enrollment e join member m on m.id = e.member join flow_version v on v.id = e.version
     where e.flow = $1 and ($2::text is null or e.member = (select id from member where external_id = $2))
       and ($3::text is null or e.node = $3) and ($4::text is null or e.state = $4) and ($5::bigint is null or e.id < $5)
     order by e.id desc limit $6`,
    [flow, member ?? null, node ?? null, state ?? null, before ?? null, limit],
  )
}

export interface StepRow {
  enrollment: number
  node: string
  at: Date
  outcome: string
  code: string
  args: Record<string, unknown> | null
  candidates: Candidate[] | null
}

/** The steps of these enrollments, in the order they were taken. */
export async function stepsOf(tx: Tx, enrollments: number[]): Promise<StepRow[]> {
  return tx.rows<StepRow>(
    `select enrollment, node, at, outcome, code, args, candidates from step
     where enrollment = any($1::bigint[]) order by id`,
    [enrollments],
  )
}
