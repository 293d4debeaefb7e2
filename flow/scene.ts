import type { EnrollmentFacts, MemberFacts, WorkspaceFacts } from './facts.ts'
import type { Change } from './change.ts'
import type { Candidate, Hop } from './decision.ts'
import type { Rest } from './facts.ts'
import type { Pause } from './pauses.ts'
import type { Plan } from './plan.ts'
import type { Reason } from './reason.ts'

/** All that one decision may look at. Pure data: the clock is `now` (ms since 1970). */
export interface Scene {
  plan: Plan
  workspace: WorkspaceFacts
  member: MemberFacts
  enrollment: EnrollmentFacts
  now: number
  /** Every event that was received for this member so far has a seq up to this one. */
  seq: number
  /** While its flow is paused a member stays where they are, unless an exit or the event they wait for takes them on. */
  paused: boolean
  /** When it was paused before; absent: never. */
  pauses?: Pause[]
}

/** What a node answers when a member stands at it. */
export type Turn =
  | { take: string; outcome?: string; reason: Reason; candidates?: Candidate[]; change?: Change }
  | { leave: Reason }
  | { rest: Rest; dueAt: number | null; candidates?: Candidate[] }
  | { send: Hop[]; reason: Reason; candidates: Candidate[] }
  | { call: true; reason: Reason }
  /** `held`: hops that must not leave yet, while others do. */
  | { carry: true; held?: number[] }
