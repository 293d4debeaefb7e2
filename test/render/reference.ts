import type { Template } from 'liquidjs'
import type { Scope } from '../../flow/scope.ts'
import { textOf } from '../../activities/channels/piece.ts'
import { sourcesOf } from '../../activities/render/compile.ts'
import { oneLine, plain, textOfHtml } from '../../activities/render/content-text.ts'
import { htmlLiquid, parse, textLiquid } from '../../activities/render/engine.ts'
import { escapeHtml } from '../../activities/render/html-tags.ts'
import { applyEdits, htmlPlaces } from '../../activities/render/html-places.ts'
import { optOut } from '../../activities/render/opt-out.ts'
import { openPage, type Page } from '../../activities/render/page.ts'
import { RenderFault, renderFault } from '../../activities/render/render-fault.ts'
import { type Setting, Sheet } from '../../activities/render/sheet.ts'
import type { Tracking } from '../../activities/render/tracking.ts'

interface Mail {
  content: { subject: string; html: string; text?: string }
  scope: Scope
  setting: Setting
  tracking: Tracking | null
  /** Marketing: where it is stopped. */
  unsubscribe: string | null
}

/** A mail made the long way: by Liquid from end to end, then converted to text. What any shorter way is held to. */
export function referenceMail({ content, scope, setting, tracking, unsubscribe }: Mail) {
  const word = around(setting.locale)
  const footer =
    unsubscribe === null ? null : () => ({ address: unsubscribe, html: [word.html(unsubscribe)] })
  const page = openPage({ tracking, footer })
  const filled: Record<string, string> = {}
  for (const { name, form, sources } of sourcesOf('email', content)) {
    const source = sources[0] ?? ''
    const written = attempt(
      () => renderWhole({ html: form === 'html', source, sheet: { scope, setting, page } }),
      name,
    )
    filled[name] = form === 'html' ? written : form === 'line' ? oneLine(written) : plain(written)
    if (form !== 'html' && filled[name].trim() === '') throw new RenderFault({ code: 'empty', field: name })
  }
  const text = filled['text'] ?? textOfHtml(filled['html'] ?? '')
  const says = unsubscribe === null || text.includes(unsubscribe)
  return { ...filled, text: says ? text : `${text}${word.text(unsubscribe)}` }
}

interface Whole {
  html: boolean
  source: string
  sheet: { scope: Scope; setting: Setting; page: Page }
}

function renderWhole({ html, source, sheet: { scope, setting, page } }: Whole): string {
  const liquid = html ? htmlLiquid : textLiquid
  const sheet = new Sheet(liquid, scope, { setting, page })
  const text = String(liquid.renderSync(parsed(html, source), sheet))
  if (text.length > 1_000_000) throw new RenderFault({ code: 'limit', field: html ? 'html' : 'text' })
  if (!html || page.closed) return text
  return text + textOf(page.tail(text))
}

const kept = new Map<string, Template[]>()

function parsed(html: boolean, source: string): Template[] {
  const key = `${html} ${source}`
  const edited = () => applyEdits(source, htmlPlaces(source).edits)
  const templates = kept.get(key) ?? (html ? parse(htmlLiquid, edited()) : parse(textLiquid, source))
  kept.set(key, templates)
  return templates
}

function around(locale: string) {
  const { html, text } = optOut(locale).around
  return {
    html: (address: string) => `${html[0].text}${escapeHtml(address)}${html[1].text}`,
    text: (address: string) => `${text.text}${address}`,
  }
}

function attempt<T>(work: () => T, field: string): T {
  try {
    return work()
  } catch (error) {
    throw renderFault(error, field)
  }
}
