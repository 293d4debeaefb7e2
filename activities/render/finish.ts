import type { Channel } from '../../flow/channels/channel.ts'
import { textOf } from '../channels/piece.ts'
import type { RenderedContent } from '../channels/transport.ts'
import { withinBytes } from './content-text.ts'
import type { Filled } from './fill.ts'
import { optOut } from './opt-out.ts'
import type { TextPart } from './text-part.ts'

export interface Finishing {
  locale: string
  /** Marketing that must say how to stop it: where it leads to; null for anything else. */
  unsubscribe: (() => string) | null
  textPart: TextPart
}

/** What a channel's content still needs once its fields are filled in. */
export function finish(channel: Channel, filled: Filled, finishing: Finishing): Filled {
  if (channel === 'email') return finishMail(filled, finishing)
  return { content: FINISHES[channel](filled.content, finishing), pieces: {} }
}

/** A mail has a text part, and marketing says in it, too, how to stop it. */
function finishMail({ content, pieces }: Filled, { locale, unsubscribe, textPart }: Finishing): Filled {
  const text = pieces.text ?? textPart(pieces.html ?? [])
  const written = textOf(text)
  const address = unsubscribe?.()
  if (!address || written.includes(address))
    return { content: { ...content, text: written }, pieces: { ...pieces, text } }
  const { around } = optOut(locale)
  const whole = [...text, around.text, address]
  return { content: { ...content, text: textOf(whole) }, pieces: { ...pieces, text: whole } }
}

type Finish = (content: RenderedContent, finishing: Finishing) => RenderedContent

const FINISHES: Record<Exclude<Channel, 'email'>, Finish> = {
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
