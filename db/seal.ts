import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'

/** What a sealed value belongs to: moved to another workspace or purpose, it does not open. */
export interface Place {
  workspace: number
  purpose: string
}

const FORMAT = 1
const KEY_ID = 4
const IV = 12
const TAG = 16

/**
 * AES-256-GCM with a key derived from FANFARE_SECRET. Layout: format, key id, iv, tag, ciphertext. The key id tells a
 * value sealed under another secret from one that was tampered with.
 */
export function seal(secret: string, place: Place, text: string): Buffer {
  const { key, id } = keyOf(secret)
  const iv = randomBytes(IV)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(aad(place))
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([Buffer.of(FORMAT), id, iv, cipher.getAuthTag(), body])
}

/** The sealed text; undefined when it was sealed under another secret, for another place, or was changed. */
export function unseal(secret: string, place: Place, sealed: Buffer): string | undefined {
  const { key, id } = keyOf(secret)
  if (sealed[0] !== FORMAT || !sealed.subarray(1, 1 + KEY_ID).equals(id)) return undefined
  let at = 1 + KEY_ID
  const next = (length?: number): Buffer => sealed.subarray(at, (at += length ?? sealed.length))
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, next(IV), { authTagLength: TAG })
    decipher.setAAD(aad(place)).setAuthTag(next(TAG))
    return Buffer.concat([decipher.update(next()), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

function keyOf(secret: string): { key: Buffer; id: Buffer } {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'fanfare seal 1', 32))
  return { key, id: createHash('sha256').update(key).digest().subarray(0, KEY_ID) }
}

const aad = ({ workspace, purpose }: Place): Buffer => Buffer.from(`${workspace}\0${purpose}`)
