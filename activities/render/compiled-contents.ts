import type { Channel } from '../../flow/channels/channel.ts'
import { type Compiled, compile } from './compile.ts'

/** A content of a template; without a version it is a draft that is compiled for this once. */
export interface ContentSource {
  channel: Channel
  locale: string
  content: unknown
  templateVersionId: number | null
}

const KEPT_AT_MOST = 500

// Versions never change, so what was compiled stays right; the map's order is that of the last use.
const kept = new Map<string, Compiled>()

/** The compiled content, kept for the next member while it is among the last few hundred used. */
export function compiledContent({ channel, locale, content, templateVersionId }: ContentSource): Compiled {
  if (templateVersionId === null) return compile(channel, content)
  const key = `${templateVersionId}/${channel}/${locale}`
  const compiled = kept.get(key) ?? compile(channel, content)
  kept.delete(key)
  kept.set(key, compiled)
  const [oldest] = kept.keys()
  if (kept.size > KEPT_AT_MOST && oldest !== undefined) kept.delete(oldest)
  return compiled
}
