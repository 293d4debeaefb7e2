import { awaitedEvents } from './awaited-events.ts'
import { needsOf, wakersOf } from './conditions/needs.ts'
import type { FlowDocument } from './document.ts'
import { durationMs } from './duration.ts'
import { nodeSpec } from './nodes/registry.ts'
import { IR_VERSION, type Plan, type PlanNode, type PlanSettings, type Target } from './plan.ts'

/** The plan of a drawing: durations in ms, defaults filled in; an exit that leads nowhere ends the journey. */
export function compile(document: FlowDocument): Plan {
  const nodes = compileNodes(document)
  const settings = compileSettings(document.settings)
  const asked = Object.values(document.nodes).flatMap((node) => nodeSpec(node.kind).asks(node))
  const conditions = settings.exitWhen ? [...asked, settings.exitWhen] : asked
  const needs = needsOf(conditions)
  const templates = Object.values(nodes).flatMap((node) => (node.kind === 'send' ? [node.template] : []))
  return {
    irVersion: IR_VERSION,
    start: document.start,
    settings,
    nodes,
    needs: {
      ...needs,
      events: [...new Set([...needs.events, ...awaitedEvents({ nodes })])].toSorted(),
      templates: [...new Set(templates)].toSorted(),
      webhooks: Object.values(nodes).some(({ kind }) => kind === 'webhook'),
    },
    exitOn: wakersOf(settings.exitWhen),
  }
}

function compileNodes({ nodes }: FlowDocument): Record<string, PlanNode> {
  const compiled = Object.entries(nodes).map(([id, node]): [string, PlanNode] => {
    const exit = (handle: string): Target => {
      const target = Object.hasOwn(node.exits, handle) ? node.exits[handle] : null
      return target && Object.hasOwn(nodes, target) ? target : null
    }
    return [id, nodeSpec(node.kind).compile(node, exit)]
  })
  return Object.fromEntries(compiled)
}

/** Transactional messages ignore quiet hours and caps unless the flow says otherwise. */
function compileSettings(settings: FlowDocument['settings']): PlanSettings {
  const byPurpose = settings.purpose === 'marketing' ? 'respect' : 'ignore'
  return {
    purpose: settings.purpose,
    topic: settings.topic ?? null,
    reentry: compileReentry(settings.reentry),
    exitWhen: settings.exitWhen ?? null,
    quietHours: settings.quietHours ?? byPurpose,
    frequencyCap: settings.frequencyCap ?? byPurpose,
    timeZone: settings.timeZone ?? null,
  }
}

function compileReentry(reentry: FlowDocument['settings']['reentry']): PlanSettings['reentry'] {
  if (!reentry || reentry.policy === 'every')
    return { policy: 'every', concurrent: reentry?.concurrent ?? false }
  if (reentry.policy === 'once') return reentry
  return { policy: 'after', gapMs: durationMs(reentry.gap) ?? 0 }
}
