import type { Candidate } from '../flow/decision.ts'
import type { Rest } from '../flow/facts.ts'
import type { Pause } from '../flow/pauses.ts'
import type { Reason } from '../flow/reason.ts'
import { PAUSES } from './pauses.ts'
import type { Tx } from './pool.ts'

export interface EnrollmentRow {
  id: number
  member: string
  /** null: a test run. */
  version: number | null
  node: string
  state: 'active' | 'resting' | 'ended'
  due_at: Date | null
  rest: Rest | null
  /** Its flow is paused now, and was before. */
  paused: boolean
  pauses: Pause[]
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
  /** Tests alone, or none of them; left out: both. */
  test?: boolean | undefined
  before?: number | undefined
  limit: number
}

const ENROLLMENTS = `select e.id, m.external_id member, v.number version, e.node, e.state,
    case when e.due_at < 'infinity' then e.due_at end due_at, e.rest, e.mark, e.reason, e.test, e.entered_at, e.ended_at,
    f.state = 'paused' and not e.test paused, case when e.state = 'resting' and not e.test then ${PAUSES} else '[]' end pauses
  from enrollment e join flow f on f.id = e.flow join member m on m.id = e.member join flow_version v on v.id = e.version`

/** Newest first. */
export async function listEnrollments(tx: Tx, filter: EnrollmentFilter): Promise<EnrollmentRow[]> {
  const { flow, member, node, state, test, before, limit } = filter
  return tx.rows<EnrollmentRow>(
    `${ENROLLMENTS}
     where e.flow = $1 and ($2::text is null or e.member = (select id from member where external_id = $2))
       and ($3::text is null or e.node = $3) and ($4::text is null or e.state = $4) and ($5::bigint is null or e.id < $5)
       and ($6::boolean is null or e.test = $6)
     order by e.id desc limit $7`,
    [flow, member ?? null, node ?? null, state ?? null, before ?? null, test ?? null, limit],
  )
}

/** Those of one test run, in the order they entered, after the one with id `after`. */
export async function enrollmentsOfTest(
  tx: Tx,
  of: { testRun: number; after?: number | undefined; limit: number },
): Promise<EnrollmentRow[]> {
  return tx.rows<EnrollmentRow>(
    `${ENROLLMENTS}
     where e.version = (select id from flow_version where test_run = $1) and e.test and e.id > $2 order by e.id limit $3`,
    [of.testRun, of.after ?? 0, of.limit],
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
