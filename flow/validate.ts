import type { Catalog } from './catalog.ts'
import type { FlowDocument } from './document.ts'
import { error, under, type Fault } from './fault.ts'
import { checkGraph } from './graph-check.ts'
import type { Place } from './nodes/node-spec.ts'
import { nodeSpec } from './nodes/registry.ts'
import type { FlowNode } from './nodes/schema.ts'
import type { Problem } from './problem.ts'
import { checkSettings } from './settings-check.ts'

const MOST_NODES = 500

/** All faults and doubts of a drawing, errors first. Pure: it runs while drawing and again at publish. */
export function validate(document: FlowDocument, catalog: Catalog): Problem[] {
  const count = Object.keys(document.nodes).length
  if (count > MOST_NODES) return [tooLarge(count)]
  const own = Object.entries(document.nodes).flatMap(([nodeId, node]) =>
    checkNode(node, { nodeId, document, catalog }).map((fault) => ({ ...fault, nodeId })),
  )
  const ofFlow = checkSettings(document, catalog).map((fault) => ({ ...fault, nodeId: null }))
  const problems = [...ofFlow, ...checkGraph(document), ...own]
  return problems.toSorted((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'))
}

function checkNode(node: FlowNode, place: Place): Fault[] {
  return under(`nodes.${place.nodeId}`, nodeSpec(node.kind).check(node, place))
}

function tooLarge(count: number): Problem {
  const message = `A flow has at most ${MOST_NODES} steps; this one has ${count}. Split it into several flows.`
  return { ...error('too-many-nodes', 'nodes', message), nodeId: null }
}
