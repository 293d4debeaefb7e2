import { createPrivateKey, hash, sign, type KeyObject } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { slotsOf } from '../slots.ts'
import { bodyHash, fieldsOf, relaxedField } from './relaxed.ts'
import type { SmtpSettings } from './settings.ts'

// One-click unsubscribing counts only where both its fields are signed (RFC 8058 4).
const SIGNED_FIELDS = [
  'from',
  'sender',
  'reply-to',
  'subject',
  'date',
  'message-id',
  'to',
  'cc',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'list-id',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'feedback-id',
  'auto-submitted',
]

/** The key did not sign. The message has not left, and may be tried again. */
export class Unsigned extends Error {}

/**
 * Puts a signature before whole messages (RFC 6376, relaxed; RFC 8463 for Ed25519). The key works in the threads that
 * Node keeps for such work: an RSA signature takes 0.4 ms of a core there, and of this thread 0.02 ms; one by Ed25519
 * 0.04 ms in all (measured).
 */
export function signer(dkim: NonNullable<SmtpSettings['dkim']>): (raw: Buffer) => Promise<Buffer> {
  const key = createPrivateKey(dkim.privateKey)
  const algorithm = key.asymmetricKeyType === 'ed25519' ? 'ed25519-sha256' : 'rsa-sha256'
  // There are four such threads. One stays free: names of servers are looked up in them, too.
  const threads = slotsOf(Math.min(3, availableParallelism()))
  return async (raw) => {
    const { fields, body } = fieldsOf(raw)
    const names = SIGNED_FIELDS.filter((name) => fields.has(name))
    const unsigned = [
      `DKIM-Signature: v=1; a=${algorithm}; c=relaxed/relaxed; d=${dkim.domain};`,
      `s=${dkim.selector};`,
      `h=${names.join(':').replaceAll(/(?:[^:]+:){5}/g, '$&\r\n ')};`,
      `bh=${bodyHash(body)};`,
      'b=',
    ].join('\r\n ')
    const covered = [...names.map((name) => fields.get(name) ?? ''), unsigned].map(relaxedField).join('\r\n')
    const free = await threads.take()
    const signature = await signatureOf(covered, key)
      .catch((cause: unknown) => Promise.reject(new Unsigned('The DKIM key did not sign.', { cause })))
      .finally(free)
    return Buffer.concat([Buffer.from(`${unsigned}${signature.match(/.{1,72}/g)?.join('\r\n ')}\r\n`), raw])
  }
}

const signing = promisify(sign)

async function signatureOf(covered: string, key: KeyObject): Promise<string> {
  const bytes = Buffer.from(covered, 'latin1')
  const edwards = key.asymmetricKeyType === 'ed25519'
  const signature = edwards
    ? await signing(null, hash('sha256', bytes, 'buffer'), key) // RFC 8463 3: what is signed is the hash
    : await signing('sha256', bytes, key)
  return signature.toString('base64')
}
