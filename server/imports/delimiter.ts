const DELIMITERS = [',', ';', '\t'] as const
/** Names of columns beyond this are not looked at. */
const LOOKED_AT = 128 * 1024
const QUOTE = 0x22
const NEWLINE = 0x0a

/** The delimiter that the header has most of, and the same bytes again. */
export async function withDelimiter(
  bytes: AsyncIterable<Buffer>,
): Promise<{ delimiter: string; whole: AsyncIterable<Buffer> }> {
  const source = bytes[Symbol.asyncIterator]()
  const seen: Buffer[] = []
  let head: Buffer = Buffer.alloc(0)
  while (headerEnd(head) < 0 && head.length <= LOOKED_AT) {
    const { value, done } = await source.next()
    if (done) break
    seen.push(value)
    head = Buffer.concat([head, value])
  }
  const end = headerEnd(head)
  return { delimiter: mostOf(end < 0 ? head : head.subarray(0, end)), whole: again(seen, source) }
}

async function* again(seen: Buffer[], source: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* seen
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value
  } finally {
    await source.return?.()
  }
}

/** Where the first line with something in it ends; below 0 when it has not ended yet. */
function headerEnd(head: Buffer): number {
  let quoted = false
  let begun = false
  for (let at = 0; at < head.length; at += 1) {
    const byte = head[at] ?? 0
    if (byte === QUOTE) quoted = !quoted
    if (byte === NEWLINE && begun && !quoted) return at
    begun ||= byte > 0x20
  }
  return -1
}

function mostOf(header: Buffer): string {
  const bare = header.toString('latin1').replaceAll(/"[^"]*"/g, '')
  const counted = DELIMITERS.map((delimiter) => ({ delimiter, n: bare.split(delimiter).length }))
  return counted.toSorted((a, b) => b.n - a.n)[0]?.delimiter ?? ','
}
