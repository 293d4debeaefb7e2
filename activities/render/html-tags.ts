import {
  type CaptureTag,
  type Context,
  type Emitter,
  type Liquid,
  Tag,
  type Template,
  TokenKind,
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
  text: string
  /** Still where there is nothing to fill in. */
  piece: Piece
  destination: Destination
}

abstract class Enclosing extends Tag {
  private readonly templates: Template[] = []
  /** What was written last, as it is the same in most messages. */
  private known: Written | undefined

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

  *render(context: Context, emitter: Emitter): Generator<unknown, void, string> {
    const written = yield this.liquid.renderer.renderTemplates(this.templates, context)
    const { destination, piece } = (this.known =
      written === this.known?.text ? this.known : this.read(written))
    const instead = this.replace(destination, context)
    put(instead === destination.address ? piece : escapeHtml(instead), emitter)
  }

  private read(text: string): Written {
    const fixed = this.templates.every(({ token }) => token.kind === TokenKind.HTML)
    return {
      text,
      piece: fixed ? { text } : text,
      destination: destinationOf(decodeHTMLAttribute(text).trim()),
    }
  }

  protected abstract replace(destination: Destination, context: Context): string
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
