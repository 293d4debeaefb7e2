import { TokenKind, Tokenizer, type TagToken, type TopLevelToken } from 'liquidjs'

/** A stretch of a source that is Liquid, not text of the author. */
export interface Span {
  start: number
  end: number
  /** False for tags that write nothing themselves, such as `if` or `assign`. */
  prints: boolean
}

const PRINTING_TAGS = new Set(['echo', 'cycle', 'liquid'])
// A character of the private use area: no HTML parser takes it for syntax or white space.
const MASK = '\uE000'

/** Where a source is Liquid; what stands in `raw` counts as such. The source must parse. */
export function liquidSpans(source: string): Span[] {
  const spans: Span[] = []
  let raw = false
  for (const token of new Tokenizer(source).readTopLevelTokens()) {
    if (token.kind !== TokenKind.HTML || raw)
      spans.push({ start: token.begin, end: token.end, prints: prints(token) })
    raw = isTag(token) && token.name === 'raw'
  }
  return spans
}

/** The source with its Liquid blotted out, every other character in its place: what an HTML parser can read. */
export function maskLiquid(source: string, spans: readonly Span[]): string {
  let masked = ''
  let from = 0
  for (const { start, end } of spans) {
    masked += source.slice(from, start) + MASK.repeat(end - start)
    from = end
  }
  return masked + source.slice(from)
}

/** A masked name as it reads without the Liquid in it. */
export const unmasked = (text: string): string => text.replaceAll(MASK, '')

function prints(token: TopLevelToken): boolean {
  return token.kind === TokenKind.Output || (isTag(token) && PRINTING_TAGS.has(token.name))
}

const isTag = (token: TopLevelToken): token is TagToken => token.kind === TokenKind.Tag
