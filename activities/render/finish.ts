import type { Channel } from '../../flow/channels/channel.ts'
import type { RenderedContent } from '../channels/transport.ts'
import { textOfHtml, withinBytes } from './content-text.ts'
import { optOut } from './opt-out.ts'

export interface Finishing {
  locale: string
  /** Marketing that must say how to stop it: where it leads to; null for anything else. */
  unsubscribe: (() => string) | null
}

/** What a channel's content still needs once its fields are filled in. */
export function finish(channel: Channel, content: RenderedContent, finishing: Finishing): RenderedContent {
  return FINISHES[channel](content, finishing)
}

type Finish = (content: RenderedContent, finishing: Finishing) => RenderedContent

const FINISHES: Record<Channel, Finish> = {
  email(content, { locale, unsubscribe }) {
    const text = content.text ?? textOfHtml(content.html ?? '')
    const address = unsubscribe?.()
    if (!address || text.includes(address)) return { ...content, text }
    return { ...content, text: `${text}\n\n${optOut(locale).link}: ${address}` }
  },
  sms({ text = '' }, { locale, unsubscribe }) {
    const stops = !unsubscribe || /\bSTOP\b/.test(text)
    return { text: stops ? text : `${text.trimEnd()}\n${optOut(locale).sms}` }
  },
  whatsapp: (content) => ({ ...content, params: content.params ?? [] }),
  telegram: (content) => content,
  push: (content) => ({
    ...content,
    title: withinBytes(content.title ?? '', PUSH_TITLE),
    body: withinBytes(content.body ?? '', PUSH_BODY),
  }),
  voice: (content) => content,
}

/** Bytes. Push services take 4 kB encrypted; the address and the framing need the rest. */
const PUSH_TITLE = 400
const PUSH_BODY = 2_000
