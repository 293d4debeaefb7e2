import type { Channel } from '../../flow/channels/channel.ts'
import type { TemplateDocument } from '../../flow/template.ts'
import type { RenderedContent } from '../channels/transport.ts'
import { compiledContent } from './compiled-contents.ts'
import { renderVars } from './render.ts'
import type { Tracking } from './tracking.ts'
import type { Vars } from './vars.ts'

/** A message of the ledger, as far as its content depends on it. */
export interface SentMessage {
  body: TemplateDocument
  templateVersionId: number
  channel: Channel
  locale: string
  vars: Vars
  /** The message's own, for the content to the byte; null for a view whose links count nothing. */
  tracking: Tracking | null
  marketing: boolean
}

/** The content as it was sent, made again of the template version and the stored values. */
export function contentOf(message: SentMessage): RenderedContent | undefined {
  return again(message)?.content
}

/** Where the message's nth tracked link leads: an address of the web, or undefined when there is no such link. */
export function linkOf(message: SentMessage & { tracking: Tracking }, link: number): string | undefined {
  return again(message)?.targets[link]
}

function again(message: SentMessage): ReturnType<typeof renderVars> | undefined {
  const { body, channel, locale } = message
  const content = body.content[channel]?.[locale]
  if (content === undefined) return undefined
  return renderVars(compiledContent({ ...message, content }), message)
}
