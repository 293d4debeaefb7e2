import type { Catalog } from './catalog.ts'
import { own } from './own.ts'
import type { FlowDocument } from './document.ts'

/** The type of event that starts a flow; null when something else does. */
export function entryEvent({ nodes, start }: FlowDocument): string | null {
  const node = own(nodes, start)
  return node?.kind === 'trigger' && 'event' in node.on ? node.on.event : null
}

/** Whether events of a type were seen with something at this path of their data; true while none was seen at all. */
export function carries({ eventTypes }: Catalog, type: string | null, path: string): boolean {
  const seen = type === null ? undefined : own(eventTypes, type)
  return (
    seen === undefined ||
    seen.some((one) => `${one}.`.startsWith(`${path}.`) || `${path}.`.startsWith(`${one}.`))
  )
}

/** Names of the variables that webhooks of a flow store. */
export function storedVariables({ nodes }: FlowDocument): string[] {
  return Object.values(nodes).flatMap((node) =>
    node.kind === 'webhook' ? Object.keys(node.store ?? {}) : [],
  )
}
