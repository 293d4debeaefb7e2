import { z } from 'zod'
import type { ChannelSpec } from './channel-spec.ts'
import { textSchema } from './text.ts'

/** `delivered` is a call that was answered. */
export const voice = {
  name: 'voice',
  addressKind: 'phone',
  reports: ['sent', 'delivered'],
  content: z.strictObject({ say: textSchema(3_000) }),
  fields: { say: 'text' },
} as const satisfies ChannelSpec
