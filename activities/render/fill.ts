import type { Scope } from '../../flow/scope.ts'
import type { Piece } from '../channels/piece.ts'
import { textOf } from '../channels/piece.ts'
import type { PiecedContent, RenderedContent } from '../channels/transport.ts'
import type { Compiled, CompiledField, CompiledText } from './compile.ts'
import { oneLine, plainPieces } from './content-text.ts'
import { htmlLiquid, textLiquid } from './engine.ts'
import type { Page } from './page.ts'
import { RenderFault, renderFault } from './render-fault.ts'
import { type Setting, Sheet } from './sheet.ts'
import { put, renderOn, Tape } from './tape.ts'
import { destinationOf } from './url.ts'

export interface Filling {
  scope: Scope
  setting: Setting
  page: Page
  /** Leaves gaps for missing values: for previews, never for a message. */
  lenient?: boolean | undefined
}

export interface Filled {
  content: RenderedContent
  /** The same texts, in what they were made of. */
  pieces: PiecedContent
}

/** The fields of a content with their values filled in, each made safe for where it goes; throws a RenderFault. */
export function fill({ fields }: Compiled, filling: Filling): Filled {
  const content: Record<string, unknown> = {}
  const pieces: Record<string, readonly Piece[]> = {}
  for (const field of fields) {
    const filled = fillField(field, filling)
    content[field.name] = filled.value
    if (filled.pieces) pieces[field.name] = filled.pieces
  }
  return { content, pieces } // of the channel's fields
}

/** No field may grow beyond this, whatever loops over whatever. */
const LONGEST = 1_000_000

interface FilledField {
  value: string | string[] | undefined
  pieces?: readonly Piece[]
}

function fillField(field: CompiledField, filling: Filling): FilledField {
  const { name, form, texts } = field
  const [first] = texts
  if (!first) return { value: form === 'paths' ? [] : undefined }
  switch (form) {
    case 'plain':
      return { value: first.source }
    case 'line':
      return { value: inFull(oneLine(write(field, first, filling).buffer), { field: name, filling }) }
    case 'text': {
      const pieces = plainPieces(write(field, first, filling).pieces)
      return { value: inFull(textOf(pieces), { field: name, filling }), pieces }
    }
    case 'html':
      return closed(write(field, first, filling), filling.page)
    case 'url': {
      const { web, ...rest } = destinationOf(write(field, first, filling).buffer.trim())
      return { value: web && filling.page.link({ web, ...rest }) }
    }
    case 'paths':
      return { value: texts.map((text) => parameter(field, text, filling)) }
  }
}

/** A body whose end came under a condition ends here. */
function closed(tape: Tape, page: Page): FilledField {
  if (!page.closed) for (const piece of page.tail(tape.buffer)) put(piece, tape)
  return { value: tape.buffer, pieces: tape.pieces }
}

// Meta refuses parameters with line breaks, tabs, more than four spaces in a row, or nothing at all.
function parameter(field: CompiledField, text: CompiledText, filling: Filling): string {
  const value = oneLine(write(field, text, filling).buffer)
  return inFull(value, { field: field.name, variable: text.source, filling })
}

interface InFull {
  field: string
  variable?: string | undefined
  filling: Filling
}

/** No text of a message is empty, nor a parameter; in a preview they may be. */
function inFull(text: string, { field, variable, filling }: InFull): string {
  if (filling.lenient || /\S/.test(text)) return text
  throw new RenderFault({ code: 'empty', field, variable: variable ?? null })
}

function write({ name, form }: CompiledField, { templates }: CompiledText, filling: Filling): Tape {
  const liquid = form === 'html' ? htmlLiquid : textLiquid
  const sheet = new Sheet(liquid, filling.scope, filling)
  if (filling.lenient) sheet.strictVariables = false
  const tape = new Tape()
  attempt(() => renderOn(tape, templates, sheet), name)
  if (tape.buffer.length > LONGEST) throw new RenderFault({ code: 'limit', field: name })
  return tape
}

function attempt<T>(work: () => T, field: string): T {
  try {
    return work()
  } catch (error) {
    throw renderFault(error, field)
  }
}
