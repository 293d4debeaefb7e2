import { createHmac } from 'node:crypto'

export interface Signing {
  /** The call's own, the same for every try; without a full stop, as what is signed is divided by them. */
  id: string
  /** Seconds since 1970, of this try. */
  timestamp: number
  body: Buffer | null
  secret: string
}

/**
 * The headers of Standard Webhooks 1.0.0 (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md,
 * "Signature scheme"): HMAC-SHA256 over id, timestamp and body, by which the other side knows who called.
 */
export function signatureHeaders({ id, timestamp, body, secret }: Signing): Record<string, string> {
  const signed = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`)
  if (body) signed.update(body)
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signed.digest('base64')}`,
  }
}

/** Keys as the specification writes them, `whsec_` and base64; any other text is its own bytes. */
function keyOf(secret: string): Buffer {
  const prefix = 'whsec_'
  return secret.startsWith(prefix)
    ? Buffer.from(secret.slice(prefix.length), 'base64')
    : Buffer.from(secret, 'utf8')
}
