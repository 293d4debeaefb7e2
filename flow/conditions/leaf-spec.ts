import type { z } from 'zod'
import type { Catalog } from '../catalog.ts'
import type { FlowDocument } from '../document.ts'
import type { Fault } from '../fault.ts'
import type { EventCount } from '../plan.ts'
import type { Reader } from '../reader.ts'
import type { Condition, Leaf } from './schema.ts'
import type { ConditionScene } from './scene.ts'
import type { Because, Verdict } from './verdict.ts'

/** All about one kind of leaf. Methods, so that a spec of one leaf serves where any leaf's is asked for. */
export interface LeafSpec<L = Leaf, B = Because> {
  schema: z.ZodType
  weigh(leaf: L, scene: ConditionScene, ask: Ask): B
  /** A fact, not a judgement, in the middle of a sentence: "prize tier was *silver*". */
  say(because: B, reader: Reader, inner: (verdict: Verdict) => string): string
  reads(leaf: L): Reads
  /** Faults that only the flow and its workspace show. */
  check?(leaf: L, place: LeafPlace): Fault[]
}

/** Where a leaf is asked, and what the workspace has. */
export interface LeafPlace {
  document: FlowDocument
  catalog: Catalog
  /** The type of the event that `event.…` reads; null: the event that starts the flow. */
  tests: string | null
}

/** Evaluates a condition inside a leaf. */
export interface Ask {
  condition(condition: Condition, scene: ConditionScene): Verdict
  /** A saved audience by key: the same for every leaf of one evaluation, false inside its own circle. */
  audience(key: string, scene: ConditionScene): Verdict
}

/** The facts a leaf reads; whatever changes them may change its truth. */
export interface Reads {
  event?: EventCount
  list?: string
  audience?: string
  flow?: string
  member?: boolean
  consent?: boolean
  receipts?: boolean
}
