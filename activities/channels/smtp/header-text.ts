/**
 * Text for a header of a mail: on one line, and nothing in it can start another field. What is not plain ASCII, or would
 * not fit into lines, becomes encoded words (RFC 2047); the rest is folded between words. `taken` is how much of its
 * first line the field's name takes.
 */
export function headerText(text: string, taken: number): string {
  const line = oneLine(text)
  if (ASCII.test(line)) return line.length + taken <= LINE ? line : (folded(line, taken) ?? encoded(line))
  return encoded(line)
}

/** The name before an address. Nothing in it can end it, or pass for an address or a second one. */
export function displayName(name: string): string {
  const line = oneLine(name)
  if (!ASCII.test(line) || line.length > LONGEST_NAME) return encoded(line)
  return ATOMS.test(line) ? line : `"${line.replaceAll(/["\\]/g, '\\$&')}"`
}

const ASCII = /^[ -~]*$/
const ATOMS = /^[\w!#$%&'*+\-/=?^`{|}~ ]+$/
const LINE = 76
const LONGEST_NAME = 50

// Text that looks like an encoded word would be decoded by the reader, whatever it hides: a word joiner stops that.
function oneLine(text: string): string {
  if (ASCII.test(text) && !text.includes('=?')) return text.trim()
  return text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll('=?', '=\u2060?')
    .trim()
}

/** Undefined when a word is too long for a line. */
function folded(line: string, taken: number): string | undefined {
  let text = ''
  let column = taken
  for (const word of line.split(/(?<=\S)(?= )/)) {
    if (word.length > LINE) return undefined
    const fits = column + word.length <= LINE
    // A line is broken before the blanks of a word: they make the next one a continuation.
    text += fits || text === '' ? word : `\r\n${word}`
    column = fits ? column + word.length : word.length
  }
  return text
}

/** Bytes of text in one encoded word: with its frame, and the field's name before the first, it fits into a line. */
const WORD = 39

function encoded(text: string): string {
  const line = text.toWellFormed()
  if (Buffer.byteLength(line) <= WORD) return encodedWord(line)
  const words: string[] = []
  let word = ''
  let size = 0
  for (const character of line) {
    const bytes = Buffer.byteLength(character)
    if (size + bytes > WORD) {
      words.push(word)
      word = ''
      size = 0
    }
    word += character
    size += bytes
  }
  return [...words, word].map(encodedWord).join('\r\n ')
}

const encodedWord = (text: string): string => `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`
