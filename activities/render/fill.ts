import type { Scope } from '../../flow/scope.ts'
import type { RenderedContent } from '../channels/transport.ts'
import type { Compiled, CompiledField, CompiledText } from './compile.ts'
import { oneLine, plain } from './content-text.ts'
import { htmlLiquid, textLiquid } from './engine.ts'
import type { Page } from './page.ts'
import { RenderFault, renderFault } from './render-fault.ts'
import { type Setting, Sheet } from './sheet.ts'
import { webAddress } from './url.ts'

export interface Filling {
  scope: Scope
  setting: Setting
  page: Page
  /** Leaves gaps for missing values: for previews, never for a message. */
  lenient?: boolean | undefined
}

/** The fields of a content with their values filled in, each made safe for where it goes; throws a RenderFault. */
export function fill({ fields }: Compiled, filling: Filling): RenderedContent {
  return Object.fromEntries(fields.map((field) => [field.name, fillField(field, filling)]))
}

/** No field may grow beyond this, whatever loops over whatever. */
const LONGEST = 1_000_000

function fillField(field: CompiledField, filling: Filling): string | string[] | undefined {
  const { name, form, texts } = field
  const written = texts.map((text) => (form === 'plain' ? text.source : write(field, text, filling)))
  const [text = ''] = written
  switch (form) {
    case 'plain':
      return text
    case 'line':
      return oneLine(text)
    case 'text':
      return plain(text)
    case 'html':
      return filling.page.closed ? text : text + filling.page.tail(text)
    case 'url':
      return webAddress(text) && filling.page.link(text.trim())
    case 'paths':
      return written.map((value, n) => parameter(value, { field: name, variable: texts[n]?.source, filling }))
  }
}

function write({ name, form }: CompiledField, { templates }: CompiledText, filling: Filling): string {
  const liquid = form === 'html' ? htmlLiquid : textLiquid
  const sheet = new Sheet(liquid, filling.scope, filling)
  if (filling.lenient) sheet.strictVariables = false
  const text = attempt(() => liquid.renderSync(templates, sheet) as string, name) // no keepOutputType: text
  if (text.length > LONGEST) throw new RenderFault({ code: 'limit', field: name })
  return text
}

function attempt<T>(work: () => T, field: string): T {
  try {
    return work()
  } catch (error) {
    throw renderFault(error, field)
  }
}

interface Parameter {
  field: string
  variable: string | undefined
  filling: Filling
}

/** Meta refuses parameters with line breaks, tabs, more than four spaces in a row, or nothing at all. */
function parameter(value: string, { field, variable, filling }: Parameter): string {
  const text = oneLine(value)
  if (text === '' && !filling.lenient)
    throw new RenderFault({ code: 'empty-parameter', field, variable: variable ?? null })
  return text
}
