import { QuoteType, Tokenizer } from 'htmlparser2'
import { textLiquid } from './engine.ts'
import { HTML_TAGS } from './html-tags.ts'
import { liquidSpans, maskLiquid, type Span, unmasked } from './liquid-spans.ts'
import { linkable } from './url.ts'

/** Text to put into the source before the character at `at`. */
export interface Edit {
  at: number
  text: string
}

export interface HtmlDoubt {
  code: 'unsafe-place' | 'split-address' | 'unsafe-link'
  at: number
  severity: 'error' | 'warning'
}

export interface HtmlPlaces {
  edits: Edit[]
  /** The addresses of links as the author wrote them. */
  links: string[]
  doubts: HtmlDoubt[]
}

const LINKING = new Set(['a', 'area'])
const ADDRESSES = new Set([
  'href',
  'src',
  'action',
  'formaction',
  'background',
  'poster',
  'data',
  'xlink:href',
  'srcset',
])

/**
 * What the compiler has to change in an author's HTML: links are tracked, addresses with variables checked, unquoted
 * values with variables quoted, and the end of the body is marked. Read by an HTML tokenizer, once per template.
 */
export function htmlPlaces(source: string): HtmlPlaces {
  const spans = liquidSpans(source)
  const places: HtmlPlaces = { edits: [], links: [], doubts: [] }
  const within = (start: number, end: number) => spans.filter((span) => span.start < end && span.end > start)
  const reading: Reading = {
    source,
    places,
    within,
    tag: '',
    type: '',
    attribute: '',
    value: null,
    bodyEnd: null,
  }
  const masked = maskLiquid(source, spans)
  read(masked, reading)
  for (const { start } of spans.filter((span) => span.prints && namesTag(masked, span.start)))
    places.doubts.push({ code: 'unsafe-place', at: start, severity: 'error' })
  places.edits.push({ at: reading.bodyEnd ?? source.length, text: `{% ${HTML_TAGS.tail} %}` })
  places.edits.sort((a, b) => a.at - b.at)
  return places
}

/** Whether what is printed here would be the name of a tag: to the tokenizer `<` before a blotted-out value is text. */
function namesTag(masked: string, at: number): boolean {
  return /<\/?$/.test(unmasked(masked.slice(0, at)).slice(-2))
}

/** The source with all edits made. */
export function applyEdits(source: string, edits: readonly Edit[]): string {
  let edited = ''
  let from = 0
  for (const { at, text } of edits) {
    edited += source.slice(from, at) + text
    from = at
  }
  return edited + source.slice(from)
}

interface Reading {
  source: string
  places: HtmlPlaces
  within: (start: number, end: number) => Span[]
  tag: string
  /** The `type` of the tag being read. */
  type: string
  attribute: string
  value: { start: number; end: number } | null
  bodyEnd: number | null
}

function read(masked: string, reading: Reading): void {
  const { places, within } = reading
  const forbidPrinting = (start: number, end: number) => {
    const at = within(start, end).find((span) => span.prints)?.start
    if (at !== undefined) places.doubts.push({ code: 'unsafe-place', at, severity: 'error' })
  }
  const name = (start: number, end: number) => unmasked(masked.slice(start, end)).toLowerCase()
  const ignore = () => {}
  const tokenizer = new Tokenizer(
    { decodeEntities: false },
    {
      onopentagname(start, end) {
        forbidPrinting(start, end)
        reading.tag = name(start, end)
        reading.type = ''
      },
      onattribname(start, end) {
        forbidPrinting(start, end)
        reading.attribute = name(start, end)
        reading.value = null
      },
      onattribdata(start, end) {
        reading.value = { start: reading.value?.start ?? start, end }
      },
      onattribend: (quote) => attribute(reading, quote),
      ontext(start, end) {
        if (reading.tag === 'script' && !reading.type.includes('json')) forbidPrinting(start, end)
      },
      onclosetag(start, end) {
        forbidPrinting(start, end)
        if (name(start, end) === 'body') reading.bodyEnd = masked.lastIndexOf('</', start)
        reading.tag = ''
      },
      onopentagend: ignore,
      onselfclosingtag: ignore,
      onattribentity: ignore,
      ontextentity: ignore,
      oncomment: ignore,
      oncdata: ignore,
      ondeclaration: ignore,
      onprocessinginstruction: ignore,
      onend: ignore,
    },
  )
  tokenizer.write(masked)
  tokenizer.end()
}

function attribute(reading: Reading, quote: QuoteType): void {
  const { source, places, within, value, attribute: name, tag } = reading
  if (!value) return
  if (name === 'type') reading.type = source.slice(value.start, value.end).toLowerCase()
  const liquid = within(value.start, value.end)
  const printed = liquid.find((span) => span.prints)
  if (printed && isCode(name))
    places.doubts.push({ code: 'unsafe-place', at: printed.start, severity: 'error' })
  const isLink = name === 'href' && LINKING.has(tag)
  if (isLink) noteLink(reading, value)
  if (!isLink && liquid.length === 0) return
  const wrapper = isLink ? HTML_TAGS.link : ADDRESSES.has(name) ? HTML_TAGS.address : null
  enclose(reading, { ...value, wrapper, mark: quote === QuoteType.Unquoted ? '"' : '' })
}

/** Attributes whose value is a program or a page of its own: escaping does not reach into it. */
const isCode = (name: string): boolean => name.startsWith('on') || name === 'srcdoc'

interface Enclosure {
  start: number
  end: number
  wrapper: string | null
  mark: string
}

function enclose(reading: Reading, { start, end, wrapper, mark }: Enclosure): void {
  const wraps = wrapper !== null && canWrap(reading, { start, end })
  const before = wraps ? `${mark}{% ${wrapper} %}` : mark
  const after = wraps ? `{% end${wrapper} %}${mark}` : mark
  if (before) reading.places.edits.push({ at: start, text: before }, { at: end, text: after })
}

/** A block that begins inside an address must end inside it, too. */
function canWrap({ source, places }: Reading, { start, end }: { start: number; end: number }): boolean {
  try {
    textLiquid.parse(source.slice(start, end))
    return true
  } catch {
    places.doubts.push({ code: 'split-address', at: start, severity: 'error' })
    return false
  }
}

function noteLink({ source, places, within }: Reading, { start, end }: { start: number; end: number }): void {
  const address = source.slice(start, end)
  places.links.push(address)
  const first = within(start, end)[0]
  const literal = source.slice(start, first?.start ?? end)
  if (!linkable(literal)) places.doubts.push({ code: 'unsafe-link', at: start, severity: 'warning' })
}
