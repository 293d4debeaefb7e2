import type { ConsentBecause } from './leaves/consent.ts'
import type { EventBecause } from './leaves/event.ts'
import type { FieldBecause } from './leaves/field.ts'
import type { FlowBecause } from './leaves/flow.ts'
import type { InAudienceBecause } from './leaves/in-audience.ts'
import type { InListBecause } from './leaves/in-list.ts'
import type { MessageBecause } from './leaves/message.ts'
import type { ReachableBecause } from './leaves/reachable.ts'
import type { SampleBecause } from './leaves/sample.ts'

/** The answer to a condition, with the leaves that settled it. Plain JSON: it travels in the args of a reason. */
export interface Verdict {
  truth: boolean
  because: Because[]
}

/** One leaf: what it asked about, what it found, whether it was true. */
export type Because =
  | FieldBecause
  | EventBecause
  | MessageBecause
  | InAudienceBecause
  | InListBecause
  | ConsentBecause
  | ReachableBecause
  | FlowBecause
  | SampleBecause
