import type { NodeKind } from '../plan.ts'
import { audience } from './audience.ts'
import { condition } from './condition.ts'
import type { NodeSpec, SpecOf } from './node-spec.ts'
import { send } from './send.ts'
import { split } from './split.ts'
import { trigger } from './trigger.ts'
import { update } from './update.ts'
import { wait } from './wait.ts'
import { webhook } from './webhook.ts'

/** Every kind of node. */
export const NODES: { [K in NodeKind]: SpecOf<K> } = {
  trigger,
  audience,
  send,
  wait,
  condition,
  split,
  update,
  webhook,
}

/** The spec of a node whose kind is only known when it is met. */
export function nodeSpec(kind: NodeKind): NodeSpec {
  return NODES[kind]
}
