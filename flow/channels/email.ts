import { z } from 'zod'
import type { ChannelSpec } from './channel-spec.ts'
import { lineSchema, textSchema } from './text.ts'

/**
 * `delivered` is the recipient's server accepting it, where a provider reports that (plain SMTP does not). An open is no
 * `read`: mail programs fetch the pixel by themselves, so opens are counted beside the status.
 */
export const email = {
  name: 'email',
  addressKind: 'email',
  reports: ['sent', 'delivered', 'clicked'],
  content: z.strictObject({
    subject: lineSchema,
    html: textSchema(500_000),
    text: textSchema(100_000).optional(),
  }),
  fields: { subject: 'line', html: 'html', text: 'text' },
} as const satisfies ChannelSpec
