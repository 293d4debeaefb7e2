import type { Change } from './change.ts'
import type { Channel } from './channels/channel.ts'
import type { Rest } from './facts.ts'
import type { Reason } from './reason.ts'

/** What one decision did with a member: the steps taken, where they stand now, and what comes next. */
export interface Decision {
  steps: Step[]
  /** Movements for the balance: `in`, `left`, or `>` + exit handle, per node, in order. */
  moves: { node: string; what: string }[]
  /** What it changed about the member, in order. */
  changes: Change[]
  node: string
  /** False when the member stayed at the node they were at. */
  moved: boolean
  next: Next
}

type Next =
  | { do: 'send'; hops: Hop[] }
  /** The request of the node they stand at is to be claimed. */
  | { do: 'call' }
  /** `held`: hops that wait longer than the others. */
  | { do: 'carry'; held?: number[] }
  /** `dueAt`: when to look again; null: when somebody acts. */
  | { do: 'rest'; dueAt: number | null; rest: Rest }
  | { do: 'end'; reason: Reason }

/** A hop to be claimed in the ledger. */
export interface Hop {
  hop: number
  channel: Channel
  transport: number
  template: number
  templateVersion: number
  locale: string
  to: string
}

/** `outcome`: an exit handle, `sent`, `refused`, `resting`, `left`, `end`. */
export interface Step {
  node: string
  at: number
  outcome: string
  reason: Reason
  candidates?: Candidate[]
}

/** One channel that was considered at a send: taken, or refused by the named rule. */
export interface Candidate {
  channel: Channel
  refused: Reason | null
}
