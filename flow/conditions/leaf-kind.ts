import { LEAVES } from './leaves/registry.ts'
import type { Leaf, LeafKind } from './schema.ts'

const KINDS = Object.keys(LEAVES) as LeafKind[] // the registry's keys are the kinds

/** The property that tells a parsed leaf apart. */
export function leafKind(leaf: Leaf): LeafKind {
  return KINDS.find((kind) => kind in leaf) ?? 'field'
}
