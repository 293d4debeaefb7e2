import { createPrivateKey } from 'node:crypto'
import { isIP } from 'node:net'
import { z } from 'zod'
import { isHostName, parseMailbox } from './mailbox.ts'

const mailbox = z
  .string()
  .refine((text) => parseMailbox(text), 'Write one e-mail address, such as news@example.com.')

// One line: a line break in a name would be a header of the sender's choice.
const line = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}+$/u, 'Write it on one line.')

const dkim = z.strictObject({
  domain: z.string().refine(isHostName, 'Write the signing domain, such as example.com.'),
  selector: z
    .string()
    .refine(isHostName, 'Write the selector, such as mail2026: the part before ._domainkey.'),
  privateKey: z
    .string()
    .refine(canSign, 'Give a private key in PEM form, unencrypted: RSA with 1,024 bits or more, or Ed25519.'),
})

export const smtpSettings = z.strictObject({
  host: z.string().refine((host) => isIP(host) || isHostName(host), 'Write a host name or an IP address.'),
  port: z.int().min(1).max(65_535),
  secure: z.boolean().optional(),
  user: line.optional(),
  password: z.string().min(1).max(1_000).optional(),
  from: z.strictObject({ name: line, address: mailbox }),
  replyTo: mailbox.optional(),
  dkim: dkim.optional(),
  rate: z.strictObject({ perSecond: z.number().positive().max(100_000) }).optional(),
})
export type SmtpSettings = z.output<typeof smtpSettings>

// Receivers ignore what weaker keys sign (RFC 8301 3.2).
function canSign(pem: string): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(pem)
    return (
      asymmetricKeyType === 'ed25519' ||
      (asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 1_024)
    )
  } catch {
    return false
  }
}
