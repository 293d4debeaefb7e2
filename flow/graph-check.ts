import type { FlowDocument } from './document.ts'
import { error, type Fault } from './fault.ts'
import { nodeSpec } from './nodes/registry.ts'
import type { FlowNode } from './nodes/schema.ts'
import { own } from './own.ts'
import type { Problem } from './problem.ts'
import { reachedFrom, waysFrom } from './ways.ts'

type Nodes = FlowDocument['nodes']

/** Faults of the drawing as a graph: its start, its exits, steps that nothing reaches, ways that lead back. */
export function checkGraph({ nodes, start }: FlowDocument): Problem[] {
  const reached = reachedFrom(nodes, start)
  const byNode = Object.entries(nodes).flatMap(([id, node]) =>
    [...checkPlace(node, id === start, reached.has(id)), ...checkExits(node, nodes)].map((fault) =>
      located(id, fault),
    ),
  )
  return [...checkStart(nodes, start), ...byNode, ...loopsOf(nodes)]
}

function checkStart(nodes: Nodes, start: string): Problem[] {
  const kind = own(nodes, start)?.kind
  if (kind === 'trigger') return []
  const missing = `The flow starts at *${start}*, which does not exist. Name its trigger as the start.`
  const other = `The flow starts at a step of kind ${kind}. Let it start at a trigger.`
  return [
    {
      ...error(kind ? 'start-not-trigger' : 'start-missing', 'start', kind ? other : missing),
      nodeId: kind ? start : null,
    },
  ]
}

function checkPlace(node: FlowNode, isStart: boolean, isReached: boolean): Fault[] {
  if (node.kind === 'trigger' && !isStart) {
    return [
      error(
        'second-trigger',
        '',
        'A flow has one trigger, at its start. Remove this one, or draw a second flow.',
      ),
    ]
  }
  if (isReached) return []
  return [error('unreachable', '', 'Nothing leads to this step. Connect it, or remove it.')]
}

function checkExits(node: FlowNode, nodes: Nodes): Fault[] {
  const handles = nodeSpec(node.kind).exits(node)
  const missing = handles
    .filter((handle) => !Object.hasOwn(node.exits, handle))
    .map((handle) =>
      error(
        'missing-exit',
        `exits.${handle}`,
        `The exit *${handle}* leads nowhere. Lead it to a step, or to the end with null.`,
      ),
    )
  const others = Object.entries(node.exits).flatMap(([handle, target]) => {
    const path = `exits.${handle}`
    if (!handles.includes(handle)) {
      return [
        error(
          'unknown-exit',
          path,
          `This step has no exit *${handle}*, only ${handles.join(', ')}. Remove it.`,
        ),
      ]
    }
    if (target === null || Object.hasOwn(nodes, target)) return []
    return [
      error(
        'dangling-exit',
        path,
        `The exit *${handle}* leads to *${target}*, which does not exist. Lead it to a step, or to the end with null.`,
      ),
    ]
  })
  return [...missing, ...others]
}

/** Every exit that leads back to a step on the way to it. At most as deep as a flow has steps. */
function loopsOf(nodes: Nodes): Problem[] {
  const state = new Map<string, 'open' | 'done'>()
  const loops: Problem[] = []
  const visit = (id: string): void => {
    state.set(id, 'open')
    for (const [handle, target] of waysFrom(nodes, id)) {
      if (state.get(target) === 'open') loops.push(loop(id, handle, target))
      else if (!state.has(target)) visit(target)
    }
    state.set(id, 'done')
  }
  for (const id of Object.keys(nodes)) if (!state.has(id)) visit(id)
  return loops
}

function loop(id: string, handle: string, target: string): Problem {
  const message = `The exit *${handle}* leads back to *${target}*, so members would go round for ever. Lead it onward, or to the end with null.`
  return located(id, error('cycle', `exits.${handle}`, message))
}

function located(nodeId: string, fault: Fault): Problem {
  const path = fault.path === '' ? `nodes.${nodeId}` : `nodes.${nodeId}.${fault.path}`
  return { ...fault, nodeId, path }
}
