import type { Channel } from '../../flow/channels/channel.ts'
import { CHANNEL_SPECS } from '../../flow/channels/registry.ts'
import { pickLocale } from '../../flow/pick-locale.ts'
import { missing, type Scope } from '../../flow/scope.ts'
import type { TemplateDocument } from '../../flow/template.ts'
import type { RenderedContent } from '../channels/transport.ts'
import { analyseContent } from './analyse-content.ts'
import { compile } from './compile.ts'
import { renderVars, type VarsRendering } from './render.ts'
import { RenderFault } from './render-fault.ts'
import { segmentsOf } from './segments.ts'
import { problem, type TemplateProblem } from './template-problem.ts'

export interface Previewed {
  body: TemplateDocument
  channel: Channel
  /** The reader's language; null for the template's default. */
  locale: string | null
  scope: Scope
  now: number
  timeZone: string
  /** One locale's content of the channel, instead of the stored one; of the channel's shape (`CHANNEL_SPECS`). */
  content?: unknown
  /** Shows what is added to marketing, too. */
  marketing?: boolean | undefined
}

export interface Preview extends RenderedContent {
  locale?: string
  /** Of an SMS. */
  segments?: number
  problems: TemplateProblem[]
}

/** How a content reads for somebody, gaps and all, with everything that would keep it from being sent. */
export function preview(previewed: Previewed): Preview {
  const { body, channel } = previewed
  const stored: Record<string, unknown> = body.content[channel] ?? {}
  const picked = pickLocale(Object.keys(stored), previewed.locale, body.defaultLocale)
  const locale = (previewed.content === undefined ? picked : previewed.locale) ?? body.defaultLocale
  const content = previewed.content ?? stored[locale]
  if (content === undefined) return { problems: [noContent(channel)] }
  const path = previewed.content === undefined ? `content.${channel}.${locale}` : 'content'
  return { locale, ...show({ ...previewed, locale, content, path }) }
}

function show(shown: Previewed & { locale: string; path: string }): Preview {
  const { channel, content, path, scope, now, timeZone, locale, marketing = false } = shown
  const { facts, problems } = analyseContent({ channel, content, path })
  if (problems.some(({ severity }) => severity === 'error')) return { problems }
  const gaps = missing(facts.required, scope).map((name) => gap(name, path))
  const compiled = compile(channel, content)
  const vars = compiled.collect(scope, { now, timeZone })
  const attempt = (rendering: VarsRendering) => presented(channel, renderVars(compiled, rendering).content)
  const rendering = { locale, vars, tracking: null, marketing }
  try {
    return { ...attempt(rendering), problems: [...problems, ...gaps] }
  } catch (error) {
    if (!(error instanceof RenderFault)) throw error
    const told = gaps.length > 0 && error.code !== 'limit' ? gaps : [faultProblem(error, path)]
    return { ...leniently(attempt, rendering), problems: [...problems, ...told] }
  }
}

/** With gaps where values are missing; nothing when even that cannot be made. */
function leniently(
  attempt: (rendering: VarsRendering) => Omit<Preview, 'problems'>,
  rendering: VarsRendering,
): Omit<Preview, 'problems'> {
  try {
    return attempt({ ...rendering, lenient: true })
  } catch (error) {
    if (error instanceof RenderFault) return {}
    throw error
  }
}

function presented(channel: Channel, content: RenderedContent): Omit<Preview, 'problems'> {
  if (channel === 'sms') return { ...content, segments: segmentsOf(content.text ?? '') }
  return channel === 'voice' && content.say !== undefined ? { ...content, text: content.say } : content
}

const noContent = (channel: Channel): TemplateProblem =>
  problem({
    path: 'channel',
    code: 'no-content',
    severity: 'error',
    message: `The template has no ${CHANNEL_SPECS[channel].name} content. Write some, or send it along as content.`,
  })

const gap = (name: string, path: string): TemplateProblem =>
  problem({
    path,
    code: 'missing-variable',
    severity: 'warning',
    message: `No value for ${name}: this message would not be sent. Give it a default or fill it in.`,
  })

const faultProblem = (fault: RenderFault, path: string): TemplateProblem =>
  problem({
    path: `${path}.${fault.field}`,
    code: fault.code,
    severity: 'warning',
    message: `This message would not be sent: ${fault.message}.`,
  })
