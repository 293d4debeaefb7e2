import { z } from 'zod'
import { CHANNELS, type Channel } from './channels/channel.ts'
import { CHANNEL_SPECS } from './channels/registry.ts'

/** A locale as templates and members write it: `en`, `pt-BR`, `zh-Hant-TW`. */
export const localeSchema = z
  .string()
  .max(35)
  .regex(/^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$/, 'Write a language such as en, or pt-BR.')

const LOCALES_AT_MOST = 100

const locales = <T extends z.ZodType>(content: T) =>
  z
    .record(localeSchema, content)
    .refine((all) => Object.keys(all).length > 0, { error: 'Write this in one language at least.' })
    .refine((all) => Object.keys(all).length <= LOCALES_AT_MOST, {
      error: `At most ${LOCALES_AT_MOST} languages.`,
    })

/** A template as it is put: one message, written for each channel and language. */
export const templateSchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  description: z.string().max(2_000).optional(),
  priority: z.enum(['low', 'normal', 'high', 'urgent']).default('normal'),
  active: z.boolean().default(true),
  defaultLocale: localeSchema,
  content: z
    .strictObject({
      email: locales(CHANNEL_SPECS.email.content).optional(),
      sms: locales(CHANNEL_SPECS.sms.content).optional(),
      whatsapp: locales(CHANNEL_SPECS.whatsapp.content).optional(),
      telegram: locales(CHANNEL_SPECS.telegram.content).optional(),
      push: locales(CHANNEL_SPECS.push.content).optional(),
      voice: locales(CHANNEL_SPECS.voice.content).optional(),
    } satisfies Record<Channel, z.ZodType>)
    .refine((all) => CHANNELS.some((channel) => all[channel]), {
      error: 'Write content for one channel at least.',
    }),
})

export type TemplateDocument = z.infer<typeof templateSchema>
