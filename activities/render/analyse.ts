import { CHANNELS, type Channel } from '../../flow/channels/channel.ts'
import { pickLocale } from '../../flow/pick-locale.ts'
import type { TemplateDocument } from '../../flow/template.ts'
import { analyseContent, type ContentFacts, type KnownNames } from './analyse-content.ts'
import { problem, type TemplateProblem } from './template-problem.ts'

/** What is kept beside a template version (`template_version.facts`), per channel and locale. */
export interface TemplateFacts {
  content: Partial<Record<Channel, Record<string, ContentFacts>>>
}

/** Reads a whole template. With a problem of severity `error` it must not be stored. */
export function analyse(
  body: TemplateDocument,
  known?: KnownNames,
): { facts: TemplateFacts; problems: TemplateProblem[] } {
  const facts: TemplateFacts = { content: {} }
  const problems: TemplateProblem[] = []
  for (const channel of CHANNELS) {
    const locales: Record<string, unknown> = body.content[channel] ?? {}
    const found: Record<string, ContentFacts> = {}
    for (const [locale, content] of Object.entries(locales)) {
      const analysis = analyseContent({ channel, content, path: `content.${channel}.${locale}`, known })
      found[locale] = analysis.facts
      problems.push(...analysis.problems)
    }
    if (Object.keys(found).length > 0) {
      facts.content[channel] = found
      problems.push(...withoutDefault(channel, Object.keys(found), body.defaultLocale))
    }
  }
  return { facts, problems }
}

function withoutDefault(channel: Channel, locales: string[], locale: string): TemplateProblem[] {
  if (pickLocale(locales, null, locale)) return []
  const message = `There is no ${locale} content here: members with another language are not reached by this channel.`
  return [problem({ path: `content.${channel}`, code: 'no-default-locale', severity: 'warning', message })]
}
