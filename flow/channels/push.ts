import { z } from 'zod'
import type { ChannelSpec } from './channel-spec.ts'
import { lineSchema, textSchema } from './text.ts'

/** `delivered` and `clicked` are reported by our service worker; push services report nothing after acceptance. */
export const push = {
  name: 'push',
  addressKind: 'push',
  reports: ['sent', 'delivered', 'clicked'],
  content: z.strictObject({ title: lineSchema, body: textSchema(2_000), url: textSchema(2_000).optional() }),
  fields: { title: 'line', body: 'text', url: 'url' },
} as const satisfies ChannelSpec
