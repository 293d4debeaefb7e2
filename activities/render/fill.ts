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
  const present = (filled: string) => inFull(filled, { field: name, filling })
  switch (form) {
    case 'plain':
      return text
    case 'line':
      return present(oneLine(text))
    case 'text':
      return present(plain(text))
    case 'html':
      return text + (filling.page.closed ? '' : filling.page.tail(text))
    case 'url':
      return webAddress(text) && filling.page.link(text.trim())
    case 'paths':
      // Meta refuses parameters with line breaks, tabs, more than four spaces in a row, or nothing at all.
      return written.map((value, n) =>
        inFull(oneLine(value), { field: name, variable: texts[n]?.source, filling }),
      )
  }
}

interface Filled {
  field: string
  variable?: string | undefined
  filling: Filling
}

/** No text of a message is empty, nor a parameter; in a preview they may be. */
function inFull(text: string, { field, variable, filling }: Filled): string {
  if (text.trim() !== '' || filling.lenient) return text
  throw new RenderFault({ code: 'empty', field, variable: variable ?? null })
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
