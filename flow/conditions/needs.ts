import type { EventCount, Needs, Plan } from '../plan.ts'
import { leafKind } from './leaf-kind.ts'
import type { Reads } from './leaf-spec.ts'
import { leavesOf } from './leaves-of.ts'
import { LEAVES } from './leaves/registry.ts'
import type { Condition } from './schema.ts'

/** The facts that conditions read. Audiences are named, not opened: they may change after a flow is published. */
export function needsOf(conditions: readonly Condition[]): Omit<Needs, 'templates' | 'webhooks'> {
  const reads = conditions.flatMap(readsOf)
  const events = reads.flatMap(({ event }) => event ?? [])
  const spans = events.map(({ span }) => (typeof span === 'number' ? span : null))
  return {
    events: unique(events.map(({ type }) => type)),
    eventsWithinMs: spans.reduce<number | null>(
      (a, b) => (a === null || b === null ? null : Math.max(a, b)),
      0,
    ),
    counts: mergeCounts(events),
    lists: unique(reads.map(({ list }) => list)),
    audiences: unique(reads.map(({ audience }) => audience)),
    flows: unique(reads.map(({ flow }) => flow)),
  }
}

/** One for each type and span, as wide as its widest. */
export function mergeCounts(counts: readonly EventCount[]): EventCount[] {
  const groups = Map.groupBy(counts, ({ type, span }) => `${span} ${type}`)
  return [...groups.values()].map((same) => {
    const amounts = same.map(({ enough }) => enough)
    const all = amounts.includes(null)
    return { ...same[0]!, enough: all ? null : Math.max(...amounts.map((one) => one ?? 0)) }
  })
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
