import type { Needs, Plan } from '../plan.ts'
import { leafKind } from './leaf-kind.ts'
import type { Reads } from './leaf-spec.ts'
import { leavesOf } from './leaves-of.ts'
import { LEAVES } from './leaves/registry.ts'
import type { Condition } from './schema.ts'

/** The facts that conditions read. Audiences are named, not opened: they may change after a flow is published. */
export function needsOf(conditions: readonly Condition[]): Omit<Needs, 'templates' | 'webhooks'> {
  const reads = conditions.flatMap(readsOf)
  const events = reads.flatMap(({ event }) => event ?? [])
  const spans = events.map(({ withinMs }) => withinMs)
  return {
    events: unique(events.map(({ type }) => type)),
    eventsWithinMs: spans.reduce<number | null>(
      (a, b) => (a === null || b === null ? null : Math.max(a, b)),
      0,
    ),
    lists: unique(reads.map(({ list }) => list)),
    audiences: unique(reads.map(({ audience }) => audience)),
    flows: unique(reads.map(({ flow }) => flow)),
  }
}

/** What may make a condition true besides time. */
export function wakersOf(condition: Condition | null): Plan['exitOn'] {
  const reads = condition ? readsOf(condition) : []
  return {
    events: unique(reads.map(({ event }) => event?.type)),
    attributes: reads.some(({ member }) => member),
    consent: reads.some(({ consent }) => consent),
    receipts: reads.some(({ receipts }) => receipts),
  }
}

function readsOf(condition: Condition): Reads[] {
  return leavesOf(condition).map(({ leaf }) => LEAVES[leafKind(leaf)].reads(leaf))
}

function unique(names: (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))].toSorted()
}
