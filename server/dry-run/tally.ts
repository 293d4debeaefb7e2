import type { Channel } from '../../flow/channels/channel.ts'
import type { Played } from '../../flow/dry-run/dry-run.ts'
import type { Plan } from '../../flow/plan.ts'
import type { DryRunAnswer } from './answer.ts'

/** The sums of a dry run, as large as the flow, however many people go through it. */
export interface Tally {
  add(played: Played): void
  sums(): Pick<DryRunAnswer, 'population' | 'nodes' | 'messages'>
}

export function openTally(plan: Plan): Tally {
  const counts = new Map<string, Map<string, number>>()
  for (const [id, { exits }] of Object.entries(plan.nodes)) {
    counts.set(
      id,
      new Map([['in', 0], ['left', 0], ...Object.keys(exits).map((handle) => [`>${handle}`, 0] as const)]),
    )
  }
  const messages = new Map<Channel, number>()
  let population = 0
  return {
    add({ moves, sent }) {
      population += 1
      for (const { node, what } of moves) count(counts.get(node), what)
      for (const channel of sent) count(messages, channel)
    },
    sums() {
      const nodes = [...counts].map(([id, own]) => [id, sumsOf(own)])
      return { population, nodes: Object.fromEntries(nodes), messages: Object.fromEntries(messages) }
    },
  }
}

function sumsOf(counts: Map<string, number>): DryRunAnswer['nodes'][string] {
  const exits = [...counts].flatMap(([what, n]) => (what.startsWith('>') ? [[what.slice(1), n]] : []))
  return { entered: counts.get('in') ?? 0, left: counts.get('left') ?? 0, exits: Object.fromEntries(exits) }
}

function count<K>(counts: Map<K, number> | undefined, key: K): void {
  counts?.set(key, (counts.get(key) ?? 0) + 1)
}
