import {
  type CaptureTag,
  type Context,
  type Emitter,
  type Liquid,
  Tag,
  type Template,
  TypeGuards,
} from 'liquidjs'
import { decodeHTMLAttribute } from 'entities'
import type { Piece } from '../channels/piece.ts'
import { sheetOf } from './sheet.ts'
import { put } from './tape.ts'
import { type Destination, destinationOf } from './url.ts'

/**
 * Tags that the compiler writes into an author's HTML (`html-places.ts`) and authors cannot: around the address of a
 * link, around another address with variables in it, and where the body ends.
 */
export const HTML_TAGS = { link: 'fanfare_link', address: 'fanfare_address', tail: 'fanfare_tail' } as const

export function registerHtmlTags(liquid: Liquid): void {
  liquid.registerTag(HTML_TAGS.link, LinkTag)
  liquid.registerTag(HTML_TAGS.address, AddressTag)
  liquid.registerTag(HTML_TAGS.tail, TailTag)
}

interface Written {
  piece: Piece
  destination: Destination
}

abstract class Enclosing extends Tag {
  private readonly templates: Template[] = []
  /** Where there is nothing to fill in, it is read once for all messages. */
  private fixed: Written | undefined

  constructor(...[token, rest, liquid, parser]: ConstructorParameters<typeof CaptureTag>) {
    super(token, rest, liquid)
    for (let next = rest.shift(); next; next = rest.shift()) {
      if (next.getText() === `{% end${token.name} %}`) return
      this.templates.push(parser.parseToken(next, rest))
    }
    throw new Error(`tag ${token.name} not closed`)
  }

  // oxlint-disable-next-line require-yield -- Liquid asks for a generator
  *children(): Generator<unknown, Template[]> {
    return this.templates
  }

  render(context: Context, emitter: Emitter): Generator<unknown, void, string> | undefined {
    if (!this.fixed) return this.renderAnew(context, emitter)
    countSteps(context, 1 + this.templates.length)
    this.write(this.fixed, context, emitter)
    return undefined
  }

  private *renderAnew(context: Context, emitter: Emitter): Generator<unknown, void, string> {
    const text = yield this.liquid.renderer.renderTemplates(this.templates, context)
    const isFixed = this.templates.every((template) => TypeGuards.isHTMLToken(template.token))
    const written = {
      piece: isFixed ? { text } : text,
      destination: destinationOf(decodeHTMLAttribute(text).trim()),
    }
    if (isFixed) this.fixed = written
    this.write(written, context, emitter)
  }

  private write({ piece, destination }: Written, context: Context, emitter: Emitter): void {
    const instead = this.replace(destination, context)
    put(instead === destination.address ? piece : escapeHtml(instead), emitter)
  }

  protected abstract replace(destination: Destination, context: Context): string
}

/** As many as Liquid counts for a block of templates. */
function countSteps({ renderLimit }: Context, steps: number): void {
  for (let step = 0; step < steps; step += 1) renderLimit.check(1)
}

class LinkTag extends Enclosing {
  protected override replace(destination: Destination, context: Context): string {
    return sheetOf(context).page.link(destination)
  }
}

class AddressTag extends Enclosing {
  protected override replace({ address, linkable }: Destination): string {
    return linkable ? address : '#'
  }
}

class TailTag extends Tag {
  render(context: Context, emitter: Emitter): void {
    for (const piece of sheetOf(context).page.tail(emitter.buffer)) put(piece, emitter)
  }
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
}

/** Text that is safe between tags and inside quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
