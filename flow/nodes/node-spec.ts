import type { z } from 'zod'
import type { Catalog } from '../catalog.ts'
import type { Condition } from '../conditions/schema.ts'
import type { FlowDocument } from '../document.ts'
import type { NodeKind, NodeOf, PlanNode, Target } from '../plan.ts'
import type { Fault } from '../fault.ts'
import type { Scene, Turn } from '../scene.ts'
import type { FlowNode } from './schema.ts'

/** All about one kind of node. Methods, so that a spec of one kind serves where any kind's is asked for. */
export interface NodeSpec<N = FlowNode, P = PlanNode> {
  schema: z.ZodType
  /** The handles it must have, in the order shown. */
  exits(node: N): string[]
  /** Faults that are its own; those of the drawing's shape are found elsewhere. */
  check(node: N, at: Place): Fault[]
  /** The conditions in it, for the facts they read. */
  asks(node: N): Condition[]
  compile(node: N, exit: (handle: string) => Target): P
  decide(nodeId: string, node: P, scene: Scene): Turn
}

/** The spec of one kind. */
export type SpecOf<K extends NodeKind> = NodeSpec<Extract<FlowNode, { kind: K }>, NodeOf<K>>

/** Where a node stands and what its workspace has. */
export interface Place {
  nodeId: string
  document: FlowDocument
  catalog: Catalog
}
