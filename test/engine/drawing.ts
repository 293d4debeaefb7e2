import { flowDocumentSchema, type FlowDocument } from '../../flow/document.ts'

type Node = { kind: string; exits?: Record<string, string | null>; [setting: string]: unknown }

export interface Drawn {
  settings?: object
  /** The trigger; the event `Won` unless said otherwise. */
  on?: object
}

/**
 * A drawing whose steps follow each other in the order given, behind a trigger called `start`. Exits that are written
 * stay; `next`, `yes` and `happened` lead to the step that follows, the others to the end.
 */
export function drawing(
  nodes: Record<string, Node>,
  { settings, on = { event: 'Won' } }: Drawn = {},
): FlowDocument {
  const all: [string, Node][] = [['start', { kind: 'trigger', on }], ...Object.entries(nodes)]
  return flowDocumentSchema.parse({
    schema: 'fanfare.flow/1',
    name: 'A flow',
    settings: { purpose: 'marketing', topic: 'prizes', ...settings },
    start: 'start',
    nodes: Object.fromEntries(
      all.map(([id, node], at) => [
        id,
        { ...node, exits: { ...exitsTo(node, all[at + 1]?.[0]), ...node.exits } },
      ]),
    ),
  })
}

/** A send by the template `news`, on these channels. */
export function send(strategy: string, channels?: string[], route: object = {}): Node {
  return { kind: 'send', template: 'news', route: { strategy, ...(channels && { channels }), ...route } }
}

export function waitFor(duration: string): Node {
  return { kind: 'wait', for: { duration } }
}

/** Until a date of the member, a time of day, or an event with its time-out. */
export function wait(on: object): Node {
  return { kind: 'wait', for: on }
}

export function update(change: object): Node {
  return { kind: 'update', ...change }
}

export const ALLOW_TWICE = { reentry: { policy: 'every', concurrent: true } }

function exitsTo({ kind, ...node }: Node, following: string | undefined): Record<string, string | null> {
  const next = following ?? null
  if (kind === 'split') return {}
  if (kind === 'wait' && Object.hasOwn(Object(node['for']), 'event')) return { happened: next, timeout: null }
  if (kind === 'send' || kind === 'webhook') return { next, failed: null }
  return kind === 'condition' ? { yes: next, no: null } : { next }
}
