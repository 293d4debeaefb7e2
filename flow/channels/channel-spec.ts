import type { z } from 'zod'
import type { AddressKind, Reached } from './channel.ts'

/**
 * How a field of a content is written: `line` and `text` are Liquid (a line never holds a break), `html` is Liquid whose
 * output is escaped, `url` is Liquid for an address, `plain` is taken as it is, `paths` lists variables by path.
 */
export type FieldForm = 'line' | 'text' | 'html' | 'url' | 'plain' | 'paths'

/** What a channel is, whoever provides it. */
export interface ChannelSpec {
  /** In the middle of a sentence: "Sent by SMS". */
  name: string
  addressKind: AddressKind
  /** What the channel can ever report; a transport may report less. */
  reports: readonly Reached[]
  /** One locale's content in a template. */
  content: z.ZodType
  fields: Readonly<Record<string, FieldForm>>
}
