import type { FlowDocument } from './document.ts'
import { own } from './own.ts'

type Nodes = FlowDocument['nodes']

/** The exits of a node that lead to another. */
export function waysFrom(nodes: Nodes, id: string): [handle: string, target: string][] {
  return Object.entries(own(nodes, id)?.exits ?? {}).flatMap(([handle, target]): [string, string][] =>
    target !== null && Object.hasOwn(nodes, target) ? [[handle, target]] : [],
  )
}

/** A node and all that can be reached from it. */
export function reachedFrom(nodes: Nodes, start: string): Set<string> {
  const reached = new Set<string>()
  const open = [start]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue
    reached.add(id)
    open.push(...waysFrom(nodes, id).map(([, target]) => target))
  }
  return reached
}
