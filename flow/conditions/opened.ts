import { own } from '../own.ts'
import type { Needs } from '../plan.ts'
import { mergeCounts, needsOf } from './needs.ts'
import type { Condition } from './schema.ts'

/** What conditions with these needs read once the audiences they name are opened, however deep. */
export function openedNeeds(needs: Needs, audiences: Record<string, Condition>): Needs {
  if (needs.audiences.length === 0) return needs
  const inside = conditionsOf(needs.audiences, audiences)
  const { events, eventsWithinMs, counts = [], lists, flows } = needsOf(inside)
  const unlimited = needs.eventsWithinMs === null || eventsWithinMs === null
  return {
    ...needs,
    events: [...new Set([...needs.events, ...events])],
    eventsWithinMs: unlimited ? null : Math.max(needs.eventsWithinMs ?? 0, eventsWithinMs ?? 0),
    ...(needs.counts && { counts: mergeCounts([...needs.counts, ...counts]) }),
    lists: [...new Set([...needs.lists, ...lists])],
    flows: [...new Set([...needs.flows, ...flows])],
  }
}

function conditionsOf(keys: readonly string[], audiences: Record<string, Condition>): Condition[] {
  const all = new Map<string, Condition>()
  const open = [...keys]
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    const where = all.has(key) ? undefined : own(audiences, key)
    if (!where) continue
    all.set(key, where)
    open.push(...needsOf([where]).audiences)
  }
  return [...all.values()]
}
