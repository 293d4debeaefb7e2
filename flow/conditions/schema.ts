import { z } from 'zod'
import { conditionIssues } from './check.ts'
import type { ConsentLeaf } from './leaves/consent.ts'
import type { EventLeaf } from './leaves/event.ts'
import type { FieldLeaf } from './leaves/field-schema.ts'
import type { FlowLeaf } from './leaves/flow.ts'
import type { InAudienceLeaf } from './leaves/in-audience.ts'
import type { InListLeaf } from './leaves/in-list.ts'
import type { MessageLeaf } from './leaves/message.ts'
import type { ReachableLeaf } from './leaves/reachable.ts'
import type { SampleLeaf } from './leaves/sample.ts'

/** A yes/no question about a member, their events, their messages: leaves under `all`, `any` and `not`. */
export type Condition = { all: Condition[] } | { any: Condition[] } | { not: Condition } | Leaf

export type Leaf =
  | FieldLeaf
  | EventLeaf
  | MessageLeaf
  | InAudienceLeaf
  | InListLeaf
  | ConsentLeaf
  | ReachableLeaf
  | FlowLeaf
  | SampleLeaf

type KeysOf<T> = T extends unknown ? keyof T : never
/** The property that tells a leaf apart; the rest are its settings. */
export type LeafKind = Exclude<KeysOf<Leaf>, 'op' | 'value' | 'where' | 'count' | 'within' | 'since'>

const described = {
  type: 'object' as const,
  description:
    'A question about a member. One leaf per object: `field`, `event`, `message`, `inAudience`, `inList`, `consent`, ' +
    '`reachable`, `flow`, `sample`; put together by `all`, `any`, `not`.',
  examples: [{ all: [{ field: 'member.tier', op: 'eq', value: 'gold' }, { not: { inAudience: 'staff' } }] }],
}

/** A condition as documents and requests carry it. A loop checks the tree, so depth never reaches the stack. */
export const conditionSchema = z
  .custom<Condition>()
  .meta({ override: described })
  .superRefine((json, ctx) => {
    for (const issue of conditionIssues(json)) ctx.addIssue(issue)
  })
  .meta({ id: 'Condition', override: described })
