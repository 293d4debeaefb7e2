import { z } from 'zod'
import type { ChannelSpec } from './channel-spec.ts'
import { textSchema } from './text.ts'

/** Carriers report delivery, not everywhere; nobody reports reading. */
export const sms = {
  name: 'SMS',
  addressKind: 'phone',
  reports: ['sent', 'delivered', 'clicked'],
  content: z.strictObject({ text: textSchema(1_600) }),
  fields: { text: 'text' },
} as const satisfies ChannelSpec
