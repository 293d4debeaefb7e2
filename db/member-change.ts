import { isIP } from 'node:net'
import { isPossiblePhoneNumber } from 'libphonenumber-js'
import { z } from 'zod'
import { CHANNELS } from '../flow/channels/channel.ts'
import { isZone } from '../flow/zone.ts'
import { instantSchema } from './instant.ts'

const channel = z.enum(CHANNELS)
const PRINTABLE = /^[^\p{Cc}]+$/u
const LARGEST = 50 * 1024

/** One short line: an id, a topic, a source. */
const line = (max: number) =>
  z.string().min(1).max(max).regex(PRINTABLE, 'Write one line, without control characters.')

/** The id that a domain system gives a member. */
export const externalIdSchema = line(200)

const email = z.email('Write one e-mail address, such as ana@members.example.').max(254)

// Mexico's mobile numbers lost their 1 in 2019; lists still carry it, and no network takes it.
const phone = z
  .string()
  .overwrite((text) => text.replace(/^\+521(\d{10})$/, '+52$1'))
  .refine((text) => /^\+[1-9]\d{6,14}$/.test(text) && isPossiblePhoneNumber(text), {
    params: { code: 'invalid-phone' },
    message: 'Write a phone number with its country code, such as +34600000001.',
  })

const locale = z
  .string()
  .max(35)
  .refine(isLocale, {
    params: { code: 'unknown-locale' },
    message: 'Write a language tag, such as es or pt-BR.',
  })

const timeZone = z
  .string()
  .max(64)
  .refine(isZone, {
    params: { code: 'unknown-zone' },
    message: 'Write an IANA time zone, such as Europe/Madrid.',
  })

const attributes = z
  .record(z.string().max(200), z.unknown())
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= LARGEST, {
    params: { code: 'too-large' },
    message: 'The attributes of one change are at most 50 KiB.',
  })

const instant = instantSchema.refine((text) => Date.parse(text) >= 0, {
  params: { code: 'out-of-range' },
  message: 'Write an instant since 1970.',
})

/** What shows later on that somebody consented. */
const proof = z
  .strictObject({
    ip: z
      .string()
      .refine((text) => isIP(text) > 0, {
        params: { code: 'invalid-ip' },
        message: 'Write an IP address, such as 192.0.2.1.',
      })
      .optional(),
    form: line(200).optional().describe('The form or the campaign they filled in.'),
    page: line(2_000).optional().describe('The address of the page.'),
    reference: line(200).optional().describe('The number of a document, a call or a ticket.'),
  })
  .meta({ id: 'ConsentProof' })

export const consentSaid = z.strictObject({
  topic: line(100).describe('A topic; `*` stands for everything on the channel: revoked, it is a STOP.'),
  channel,
  state: z.enum(['granted', 'revoked']),
  source: line(200),
  wording: z.string().min(1).max(5_000).optional(),
  proof: proof.optional(),
  at: instant.optional(),
})

/** One member as a domain system writes it: what is left out stays, `null` clears. */
export const memberChange = z
  .strictObject({
    externalId: externalIdSchema,
    email: email.nullable().optional(),
    phone: phone.nullable().optional(),
    locale: locale.nullable().optional(),
    timeZone: timeZone.nullable().optional(),
    attributes: attributes.nullable().optional(),
    preferredChannels: z.array(channel).max(50).nullable().optional(),
    consents: z.array(consentSaid).max(1_000).optional(),
  })
  .meta({ id: 'Member' })

export type MemberChange = z.output<typeof memberChange>

function isLocale(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1
  } catch {
    return false
  }
}
