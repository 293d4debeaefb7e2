import { isUtf8 } from 'node:buffer'
import { FileFault } from './file-fault.ts'
import type { Ruler } from './ruler.ts'

const NEWLINE = 0x0a

/** Lets through what is UTF-8, cut where characters end, and measures it. Ends with a fault in the line that is not. */
export async function* clean(bytes: AsyncIterable<Buffer>, ruler: Ruler): AsyncGenerator<Buffer> {
  let line = 1
  const checked = function* (part: Buffer): Generator<Buffer> {
    const good = isUtf8(part) ? part : part.subarray(0, goodLines(part))
    ruler.feed(good)
    line += newlinesIn(good)
    if (good.length > 0) yield good
    if (good.length < part.length)
      throw new FileFault({
        code: 'not-utf8',
        message: 'This is not UTF-8. Save the file as UTF-8.',
        line,
      })
  }
  let rest: Buffer = Buffer.alloc(0)
  for await (const part of bytes) {
    const whole = rest.length > 0 ? Buffer.concat([rest, part]) : part
    const cut = whole.length - openTail(whole)
    rest = whole.subarray(cut)
    yield* checked(whole.subarray(0, cut))
  }
  yield* checked(rest)
}

/** How many bytes at the end begin a character whose other bytes are still to come. */
function openTail(part: Buffer): number {
  for (let back = 1; back <= Math.min(3, part.length); back += 1) {
    const byte = part[part.length - back] ?? 0
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return back < lengthOf(byte) ? back : 0
  }
  return 0
}

function lengthOf(lead: number): number {
  if (lead >= 0xf0) return 4
  return lead >= 0xe0 ? 3 : 2
}

/** Bytes of the lines before the first one that is not UTF-8. */
function goodLines(part: Buffer): number {
  for (let from = 0; ;) {
    const to = part.indexOf(NEWLINE, from)
    if (to < 0 || !isUtf8(part.subarray(from, to))) return from
    from = to + 1
  }
}

function newlinesIn(part: Buffer): number {
  let found = 0
  for (let at = part.indexOf(NEWLINE); at >= 0; at = part.indexOf(NEWLINE, at + 1)) found += 1
  return found
}
