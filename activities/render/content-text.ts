import { compile } from 'html-to-text'
import { areWhole, keeping, type Piece, type Still, textOf } from '../channels/piece.ts'
import { SAMPLE_LINKS } from './sample-links.ts'

/** Text on one line: whatever a value holds, it starts no other header and no other line. */
export function oneLine(text: string): string {
  return plain(text).replace(/\s+/g, ' ').trim()
}

/** Text without control characters and without those that reverse or hide what is written; line breaks and tabs stay. */
export function plain(text: string): string {
  const lines = text.toWellFormed().replace(/\r\n?|[\u2028\u2029]/g, '\n')
  return lines.replace(/(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '')
}

/** `plain` of a text in pieces. */
export function plainPieces(pieces: readonly Piece[]): readonly Piece[] {
  return areWhole(pieces) ? pieces.map(plainPiece) : [plain(textOf(pieces))]
}

const plainStill = keeping((text): Still => ({ text: plain(text) }))
const plainPiece = (piece: Piece): Piece => (typeof piece === 'string' ? plain(piece) : plainStill(piece))

/** The text part of an e-mail that has none of its own. */
export function textOfHtml(html: string): string {
  return plain(convert(html)).trim()
}

const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({
  selector,
  options: { uppercase: false },
}))

const SAMPLES = new Set(Object.values(SAMPLE_LINKS))

/** Places in the page itself are none in a text; samples stand for what is an address once it is sent. */
function addressIn(href: string): string {
  return href.startsWith('#') && !SAMPLES.has(href) ? '' : href
}

const convert = compile({
  wordwrap: false,
  selectors: [
    ...headings,
    {
      selector: 'a',
      options: { hideLinkHrefIfSameAsText: true, noAnchorUrl: false, pathRewrite: addressIn },
    },
    ...['td', 'th'].map((selector) => ({ selector, format: 'block' })), // mails are laid out in tables
    { selector: 'img', format: 'skip' },
    { selector: 'style', format: 'skip' },
    { selector: 'script', format: 'skip' },
  ],
})

/** The longest beginning of at most `bytes` bytes in UTF-8, marked where something was cut off. */
export function withinBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  let size = 3 // the ellipsis
  let kept = ''
  for (const character of text) {
    size += Buffer.byteLength(character)
    if (size > bytes) break
    kept += character
  }
  return `${kept.trimEnd()}…`
}
