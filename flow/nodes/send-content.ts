import type { Channel } from '../channels/channel.ts'
import { CHANNEL_SPECS } from '../channels/registry.ts'
import { carries, entryEvent, storedVariables } from '../entry-event.ts'
import type { TemplateFact } from '../facts.ts'
import { warning, type Fault } from '../fault.ts'
import type { Place } from './node-spec.ts'
import type { SendNode } from './send-check.ts'

interface Content {
  template: Pick<TemplateFact, 'content' | 'defaultLocale'>
  routed: readonly Channel[]
  place: Place
}

/** Doubts about what is written: languages that a channel lacks, variables that nothing fills. */
export function checkContent(node: SendNode, content: Content): Fault[] {
  return [...checkLocales(node, content), ...checkVariables(node, content)]
}

function checkLocales(node: SendNode, { template, routed }: Content): Fault[] {
  const locales = new Map(routed.map((channel) => [channel, Object.keys(template.content[channel] ?? {})]))
  const wanted = new Set([...locales.values()].flat())
  return [...locales].flatMap(([channel, written]) => {
    const { name } = CHANNEL_SPECS[channel]
    const missing = [...wanted].filter((locale) => !written.includes(locale)).map(languageName)
    if (written.length === 0 || missing.length === 0) return []
    const instead = written.includes(template.defaultLocale)
      ? `get ${languageName(template.defaultLocale)}`
      : 'get nothing by it'
    const message = `Template *${node.template}* has no ${list(missing)} ${name}; members who read that would ${instead}. Add it, or leave it so.`
    return [warning('locale-missing', 'template', message)]
  })
}

function checkVariables(node: SendNode, { template, routed, place }: Content): Fault[] {
  const contents = routed.flatMap((channel) => Object.values(template.content[channel] ?? {}))
  const variables = new Set(contents.flatMap(({ required }) => required))
  return [...variables].flatMap((variable) => {
    if (isFilled(variable, place)) return []
    const message = `Template *${node.template}* prints *${variable}*, which nothing here is known to carry; members without it are not sent to. Check the name, or give it a default.`
    return [warning('unknown-variable', 'template', message)]
  })
}

function isFilled(variable: string, { catalog, document }: Place): boolean {
  const [root, ...rest] = variable.split('.')
  if (root === 'member' || root === 'links' || root === 'entry' || root === 'now') return true
  if (root === 'journey')
    return storedVariables(document).some((one) => variable === one || variable.startsWith(`${one}.`))
  return carries(catalog, entryEvent(document), (root === 'event' ? rest : [root, ...rest]).join('.'))
}

function languageName(locale: string): string {
  try {
    return new Intl.DisplayNames('en', { type: 'language' }).of(locale) ?? locale
  } catch {
    return locale // a template's locale that is none: its own check names that
  }
}

function list(names: string[]): string {
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(names)
}
