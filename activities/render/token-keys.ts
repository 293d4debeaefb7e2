import {
  type Cipheriv,
  createCipheriv,
  createHash,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'

/** What a public link lets its holder do. A token of one purpose opens no other. */
export const PURPOSES = ['unsubscribe', 'preferences', 'view', 'click', 'open'] as const
export type Purpose = (typeof PURPOSES)[number]

export interface TokenKey {
  /** One byte that tells keys apart while one replaces another; says nothing about the secret. */
  id: number
  /** Seal what is said of a message, and of a member. */
  ciphers: { message: Cipheriv; member: Cipheriv }
  /** Of tokens of the first version. */
  secrets: Record<Purpose, KeyObject>
}

/** The first key signs; all of them are read, so that links outlive a change of the secret. */
export type TokenKeys = readonly [TokenKey, ...TokenKey[]]

/** Derives the keys of public links from FANFARE_SECRET: the one in force first, then those it replaced. */
export function tokenKeys(secret: string, ...former: string[]): TokenKeys {
  return [keyOf(secret), ...former.map(keyOf)]
}

function keyOf(secret: string): TokenKey {
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', secret, '', `fanfare/token/${purpose}`, 32))
  const id = createHash('sha256').update(derive('id')).digest()[0] ?? 0
  const [unsubscribe, preferences, view, click, open] = PURPOSES.map((purpose) =>
    createSecretKey(derive(purpose)),
  )
  const secrets = { unsubscribe, preferences, view, click, open } as Record<Purpose, KeyObject> // five of five
  return {
    id,
    ciphers: { message: blockCipher(derive('message')), member: blockCipher(derive('member')) },
    secrets,
  }
}

/** Takes whole blocks, each for itself. */
const blockCipher = (key: Buffer): Cipheriv => createCipheriv('aes-256-ecb', key, null).setAutoPadding(false)
