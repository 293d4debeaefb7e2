import { Parser } from 'htmlparser2'
import { type Piece, pieceText, type Still } from '../channels/piece.ts'
import { textOfHtml } from './content-text.ts'
import { isTame, unescaped } from './tame.ts'

/** The text that HTMLs of the same pieces have in common, and where their values stand in it. */
export interface TextShape {
  /** A number is the place of a value among the HTML's pieces. */
  parts: readonly (Still | number)[]
  /** Values that are the address of a link. */
  addresses: readonly number[]
  /** An address is left out of the text when the link's own text is the same: marked, both. */
  links: readonly Link[]
}

/** Null when values would have to be looked at to tell what the text is: in a list's number, after half a tag. */
export function textShape(html: readonly Piece[]): TextShape | null {
  let values = 0
  let marked = ''
  for (const [at, piece] of html.entries()) {
    const isValue = typeof piece === 'string' && isTame(piece)
    if (at >= MARKS || (!isValue && MARK.test(pieceText(piece)))) return null
    marked += isValue ? markOf(at) : pieceText(piece)
    values += isValue ? 1 : 0
  }
  const places = placesIn(marked)
  if (!places || places.seen !== values) return null
  const parts = textOfHtml(marked)
    .split(/([\uE000-\uF8FF])/)
    .filter((part) => part !== '')
    .map((part) => (MARK.test(part) ? part.charCodeAt(0) - FIRST : { text: part }))
  return { parts, addresses: places.addresses, links: places.links }
}

/** The text of an HTML of this shape; undefined where it is not like that of the others. */
export function fillShape(shape: TextShape, html: readonly Piece[]): Piece[] | undefined {
  const { parts, addresses, links } = shape
  const valueAt = (at: number): string => unescaped(pieceText(html[at] ?? ''))
  const written = (marked: string): string =>
    marked.replace(MARKS_IN, (mark) => valueAt(mark.charCodeAt(0) - FIRST))
  if (!addresses.every((at) => /^https?:/.test(valueAt(at)))) return undefined
  if (links.some(({ address, text }) => written(address) === written(text))) return undefined
  return parts.map((part) => (typeof part === 'number' ? valueAt(part) : part))
}

// Characters of the private use area: no HTML parser takes them for syntax, and no converter for white space.
const FIRST = 0xe000
const MARKS = 6_400
const MARK = /[\uE000-\uF8FF]/
const MARKS_IN = /[\uE000-\uF8FF]/g
const markOf = (at: number): string => String.fromCharCode(FIRST + at)

interface Link {
  address: string
  text: string
}

interface Places {
  /** How many marks stand where their value says nothing but itself. */
  seen: number
  addresses: number[]
  links: Link[]
}

/** A value right after one of these could become part of a tag or an entity; right before, it could end a comment. */
const OPEN_END = /(?:&[#\w]*|<[!?/-]*)[\uE000-\uF8FF]/
const COMMENT_END = /[\uE000-\uF8FF][-!>]/
/** Elements that hold something else than text, and those whose text is never shown. */
const STRANGE = new Set('iframe math noembed noframes noscript plaintext svg textarea xmp'.split(' '))
const SILENT = new Set(['script', 'style'])
/** What the text of a list has of its attributes is not their text. */
const NUMBERED = new Set(['ol', 'ul', 'li'])

function placesIn(marked: string): Places | null {
  if (OPEN_END.test(marked)) return null
  const places: Places = { seen: 0, addresses: [], links: [] }
  const open: Link[] = []
  let strange = 0
  let silent = 0
  let fit = true
  const see = (text: string, fits: boolean): void => {
    const marks = marksIn(text)
    places.seen += marks
    if (marks > 0 && !fits) fit = false
  }
  const parser = new Parser({
    onopentag(name, attributes) {
      if (STRANGE.has(name)) strange += 1
      if (SILENT.has(name)) silent += 1
      const { href = '', ...others } = attributes
      for (const value of Object.values(others)) see(value, !NUMBERED.has(name))
      see(href, name !== 'a' || href.length === 1)
      if (name !== 'a') return
      if (MARK.test(href)) places.addresses.push(href.charCodeAt(0) - FIRST)
      open.push({ address: href.replace(/^mailto:/, ''), text: '' })
    },
    ontext(text) {
      see(text, strange === 0)
      const words = silent > 0 ? '' : text.replace(/[ \t\r\n\f\u200b]+/g, '')
      for (const link of open) link.text += words
    },
    oncomment: (text) => see(text, !COMMENT_END.test(text)),
    onclosetag(name) {
      if (STRANGE.has(name)) strange -= 1
      if (SILENT.has(name)) silent -= 1
      const link = name === 'a' ? open.pop() : undefined
      if (link && mayAgree(link)) places.links.push(link)
    },
  })
  parser.end(marked)
  return fit ? places : null
}

const marksIn = (text: string): number => text.match(MARKS_IN)?.length ?? 0

/** Told from how they begin: an address that is a value begins as one of the web. */
function mayAgree({ address, text }: Link): boolean {
  if (text === '' || marksIn(address) + marksIn(text) === 0) return false
  const [known = ''] = MARK.test(address.charAt(0)) ? ['http'] : address.split(MARK, 1)
  const [shown = ''] = text.split(MARK, 1)
  const length = Math.min(known.length, shown.length)
  return known.slice(0, length) === shown.slice(0, length)
}
