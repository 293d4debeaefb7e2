import { z } from 'zod'
import type { ChannelSpec } from './channel-spec.ts'
import { textSchema } from './text.ts'

/** Bots get no receipts: beyond acceptance only our own links tell anything. */
export const telegram = {
  name: 'Telegram',
  addressKind: 'telegram',
  reports: ['sent', 'clicked'],
  content: z.strictObject({ text: textSchema(4_096) }),
  fields: { text: 'text' },
} as const satisfies ChannelSpec
