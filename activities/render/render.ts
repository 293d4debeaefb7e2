import type { Scope } from '../../flow/scope.ts'
import type { PiecedContent, RenderedContent } from '../channels/transport.ts'
import type { Piece } from '../channels/piece.ts'
import type { Compiled } from './compile.ts'
import { compiledContent, type ContentSource } from './compiled-contents.ts'
import { fill } from './fill.ts'
import { finish } from './finish.ts'
import { escapeHtml } from './html-tags.ts'
import { optOut } from './opt-out.ts'
import { openPage } from './page.ts'
import { SAMPLE_LINKS } from './sample-links.ts'
import type { Tracking } from './tracking.ts'
import { scopeOfVars, type Vars } from './vars.ts'

export interface Rendering extends ContentSource {
  /** What `buildScope` made; links come from `tracking`. */
  scope: Scope
  /** The moment and the zone that dates are written in. */
  now: number
  timeZone: string
  tracking: Tracking | null
  /** Marketing says how to stop it, whether its author thought of it or not. */
  marketing: boolean
}

export interface Rendered {
  content: RenderedContent
  /** What the texts of a mail are made of. */
  pieces: PiecedContent
  /** To be stored with the message: `contentOf` makes the content of it again. */
  vars: Vars
  /** Where the tracked links lead. */
  targets: readonly string[]
}

/** One message for one member; throws a RenderFault, which names no value, when it cannot be made. */
export function render(rendering: Rendering): Rendered {
  const compiled = compiledContent(rendering)
  const vars = compiled.collect(rendering.scope, rendering)
  return { ...renderVars(compiled, { ...rendering, vars }), vars }
}

export interface VarsRendering {
  locale: string
  vars: Vars
  tracking: Tracking | null
  marketing: boolean
  lenient?: boolean
}

/** The only way a content is made, the first time and each time after: from the values that are stored with it. */
export function renderVars(compiled: Compiled, rendering: VarsRendering): Omit<Rendered, 'vars'> {
  const { locale, vars, tracking, marketing, lenient } = rendering
  const links = tracking?.links ?? SAMPLE_LINKS
  const unsubscribe = marketing ? () => links.unsubscribe : null
  const page = openPage({ tracking, footer: unsubscribe && (() => footer(unsubscribe(), locale)) })
  const scope = scopeOfVars(vars, compiled.readsLinks ? links : null)
  const setting = { now: vars.now, timeZone: vars.zone, locale }
  const filled = fill(compiled, { scope, setting, page, lenient })
  const { textPart } = compiled
  return { ...finish(compiled.channel, filled, { locale, unsubscribe, textPart }), targets: page.targets }
}

function footer(address: string, locale: string): { address: string; html: Piece[] } {
  const [before, after] = optOut(locale).around.html
  return { address, html: [before, escapeHtml(address), after] }
}
