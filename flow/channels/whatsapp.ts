import { z } from 'zod'
import type { ChannelSpec } from './channel-spec.ts'

/** Content is a reference to a template that Meta approved, with the variables that fill its slots in order. */
export const whatsapp = {
  name: 'WhatsApp',
  addressKind: 'phone',
  reports: ['sent', 'delivered', 'read', 'clicked'],
  content: z.strictObject({
    template: z.string().regex(/^[a-z0-9_]{1,512}$/, 'Write the approved template’s name: a–z, 0–9 and _.'),
    language: z
      .string()
      .regex(/^[a-z]{2,3}(_[A-Z]{2})?$/, 'Write the template’s language, such as en or pt_BR.'),
    params: z.array(z.string().min(1).max(200)).max(50).optional(),
  }),
  fields: { template: 'plain', language: 'plain', params: 'paths' },
} as const satisfies ChannelSpec
