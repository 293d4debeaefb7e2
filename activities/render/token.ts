import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Purpose, TokenKey, TokenKeys } from './token-keys.ts'
import { packPayload, unpackPayload, type TokenPayloads } from './token-payload.ts'

/** 128 bits of the signature: out of reach of guessing, and List-Unsubscribe stays on one line. */
const SIGNATURE_BYTES = 16
const TOKEN = /^v1\.([A-Za-z0-9_-]{3,40})\.([A-Za-z0-9_-]{22})$/

/** A token for a public link, `v1.<payload>.<signature>`; the same payload always gives the same token. */
export function signToken<P extends Purpose>(keys: TokenKeys, purpose: P, payload: TokenPayloads[P]): string {
  const [key] = keys
  const bytes = Buffer.from([key.id, ...packPayload(purpose, payload)])
  return `v1.${bytes.toString('base64url')}.${signature(key, purpose, bytes).toString('base64url')}`
}

/** What a token names; undefined when it is forged, damaged, or meant for another purpose. */
export function readToken<P extends Purpose>(
  keys: TokenKeys,
  purpose: P,
  text: string,
): TokenPayloads[P] | undefined {
  const [, payload, signed] = TOKEN.exec(text) ?? []
  if (payload === undefined || signed === undefined) return undefined
  const bytes = Buffer.from(payload, 'base64url')
  const given = Buffer.from(signed, 'base64url')
  // One spelling a token: base64url has unused bits at the end that decoding ignores.
  if (bytes.toString('base64url') !== payload || given.toString('base64url') !== signed) return undefined
  const genuine = keys.some(
    (key) => key.id === bytes[0] && timingSafeEqual(signature(key, purpose, bytes), given),
  )
  return genuine ? unpackPayload(purpose, bytes.subarray(1)) : undefined
}

function signature(key: TokenKey, purpose: Purpose, bytes: Uint8Array): Buffer {
  const digest = createHmac('sha256', key.secrets[purpose]).update(`${purpose}\0`).update(bytes).digest()
  return digest.subarray(0, SIGNATURE_BYTES)
}
