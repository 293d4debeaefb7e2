import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Purpose, TokenKey, TokenKeys } from './token-keys.ts'
import { packPayload, unpackPayload, type TokenPayloads } from './token-payload.ts'
import { SEAL_BYTES, sealer } from './token-seal.ts'

const TOKEN = /^(v[12])\.([A-Za-z0-9_-]{3,40})\.([A-Za-z0-9_-]{22})$/

/** Makes tokens for public links. */
export type Signer = <P extends Purpose>(purpose: P, payload: TokenPayloads[P]) => string

/** Tokens `v2.<payload>.<seal>`; the same payload always gives the same one. Those of one message share the work. */
export function tokenSigner([key]: TokenKeys): Signer {
  const seal = sealer(key)
  return (purpose, payload) =>
    `v2.${packPayload(purpose, payload, key.id)}.${seal(purpose, payload).toString('base64url')}`
}

export function signToken<P extends Purpose>(keys: TokenKeys, purpose: P, payload: TokenPayloads[P]): string {
  return tokenSigner(keys)(purpose, payload)
}

/** What a token names; undefined when it is forged, damaged, or meant for another purpose. */
export function readToken<P extends Purpose>(
  keys: TokenKeys,
  purpose: P,
  text: string,
): TokenPayloads[P] | undefined {
  const [, version, payload, signed] = TOKEN.exec(text) ?? []
  if (payload === undefined || signed === undefined) return undefined
  const bytes = Buffer.from(payload, 'base64url')
  const given = Buffer.from(signed, 'base64url')
  // One spelling a token: base64url has unused bits at the end that decoding ignores.
  if (bytes.toString('base64url') !== payload || given.toString('base64url') !== signed) return undefined
  const named = unpackPayload(purpose, bytes.subarray(1))
  if (!named) return undefined
  const genuine = (key: TokenKey): Buffer =>
    version === 'v1' ? signatureV1(key, purpose, bytes) : sealer(key)(purpose, named)
  const passes = keys.some((key) => key.id === bytes[0] && timingSafeEqual(genuine(key), given))
  return passes ? named : undefined
}

/** As links were signed at first: they stand in people's inboxes. */
function signatureV1(key: TokenKey, purpose: Purpose, bytes: Uint8Array): Buffer {
  const digest = createHmac('sha256', key.secrets[purpose]).update(`${purpose}\0`).update(bytes).digest()
  return digest.subarray(0, SEAL_BYTES)
}
