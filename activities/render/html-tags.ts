import { type CaptureTag, type Context, type Emitter, type Liquid, Tag, type Template } from 'liquidjs'
import { decodeHTMLAttribute } from 'entities'
import { sheetOf } from './sheet.ts'
import { linkable } from './url.ts'

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

abstract class Enclosing extends Tag {
  private readonly templates: Template[] = []

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
    const address = decodeHTMLAttribute(written).trim()
    const instead = this.replace(address, context)
    emitter.write(instead === address ? written : escapeHtml(instead))
  }

  protected abstract replace(address: string, context: Context): string
}

class LinkTag extends Enclosing {
  protected override replace(address: string, context: Context): string {
    return sheetOf(context).page.link(address)
  }
}

class AddressTag extends Enclosing {
  protected override replace(address: string): string {
    return linkable(address) ? address : '#'
  }
}

class TailTag extends Tag {
  render(context: Context, emitter: Emitter): void {
    emitter.write(sheetOf(context).page.tail(emitter.buffer))
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
