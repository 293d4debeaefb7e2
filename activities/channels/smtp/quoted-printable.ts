import { areWhole, keeping, type Piece, textOf } from '../piece.ts'

/**
 * A text in quoted-printable (RFC 2045 6.7), any break of lines as CRLF. What was made of a still piece is kept, so only
 * values cost. No line begins with a dot, so that nothing has to be doubled on the wire.
 */
export function quotedPrintable(pieces: readonly Piece[]): string {
  return join(areWhole(pieces) ? pieces.map(quoted) : [quote(textOf(pieces))])
}

/** One piece, encoded as if it began a line. */
interface Quoted {
  text: string
  /** Characters up to its first break, and after its last. */
  first: number
  last: number
  broken: boolean
}

/** Below the 76 of the RFC, so that a line takes a soft break or an encoded blank at its end. */
const LONGEST = 73
const SOFT_BREAK = '=\r\n'

function join(pieces: readonly Quoted[]): string {
  let joined = ''
  let column = 0
  let blank = false
  for (const { text, first, last, broken } of pieces) {
    if (text === '') continue
    // A blank before a break would be lost on the way: a soft break between them keeps it.
    const parts = column + first > LONGEST || (blank && first === 0)
    if (column > 0 && parts) joined += SOFT_BREAK
    joined += text
    column = broken ? last : column > 0 && !parts ? column + last : last
    blank = column > 0 && isBlank(text.charCodeAt(text.length - 1))
  }
  return blank ? joined.slice(0, -1) + hex(joined.charCodeAt(joined.length - 1)) : joined
}

const CR = 13
const LF = 10
const BROKEN = /[\t\r\n]/
const PLAIN = /^(?!\.)[ -<>-~]*$/
const UNPLAIN = /^\.|[^ -<>-~]+/g

/** Percent-encoding is the same with another sign, and built in; it leaves dots alone. */
const inHex = (text: string): string =>
  text === '.' ? hex(DOT) : encodeURIComponent(text.toWellFormed()).replaceAll('%', '=')

function quote(text: string): Quoted {
  if (text.length <= LONGEST && !BROKEN.test(text)) {
    const line = PLAIN.test(text) ? text : text.replace(UNPLAIN, inHex)
    if (line.length <= LONGEST) return { text: line, first: line.length, last: line.length, broken: false }
  }
  const lines = encodedLines(Buffer.from(text, 'utf8'))
  const [first = '', last = first] = [lines[0], lines.at(-1)]
  return { text: lines.join(''), first: lengthOf(first), last: lengthOf(last), broken: first.endsWith('\n') }
}

const quoted = keeping(quote)

/** Without its hard break; a soft one counts with its sign. */
const lengthOf = (line: string): number => (line.endsWith('\r\n') ? line.length - 2 : line.length)

/** Lines with their breaks; the last one has none, and may be empty. */
function encodedLines(bytes: Buffer): string[] {
  const lines: string[] = []
  let line = ''
  const end = (mark: string): void => {
    lines.push(line + mark)
    line = ''
  }
  for (let at = 0; at < bytes.length;) {
    const breaks = breakAt(bytes, at)
    if (breaks > 0) {
      end('\r\n')
      at += breaks
      continue
    }
    const size = sequenceAt(bytes, at)
    const literal = size === 1 && isLiteral(bytes, at)
    if (line.length + (literal ? 1 : 3 * size) > LONGEST) end(SOFT_BREAK)
    const quoted = !literal || (line === '' && bytes[at] === DOT)
    for (const end = at + size; at < end; at += 1)
      line += quoted ? hex(bytes[at] ?? 0) : String.fromCharCode(bytes[at] ?? 0)
  }
  lines.push(line)
  return lines
}

const DOT = 46
const EQUALS = 61

/** How many bytes the line break here has; 0 when there is none. A carriage return alone is none. */
function breakAt(bytes: Buffer, at: number): number {
  if (bytes[at] === LF) return 1
  return bytes[at] === CR && bytes[at + 1] === LF ? 2 : 0
}

function isLiteral(bytes: Buffer, at: number): boolean {
  const byte = bytes[at] ?? 0
  return isBlank(byte) ? breakAt(bytes, at + 1) === 0 : byte > 32 && byte < 127 && byte !== EQUALS
}

const isBlank = (code: number): boolean => code === 32 || code === 9

/** The bytes of the character here: none is torn apart by the end of a line. */
function sequenceAt(bytes: Buffer, at: number): number {
  const lead = bytes[at] ?? 0
  return lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
}

const hex = (byte: number): string => HEX[byte] ?? ''
const HEX = Array.from({ length: 256 }, (_, byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
