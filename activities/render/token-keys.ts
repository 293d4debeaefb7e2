import { createHash, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

/** What a public link lets its holder do. A token of one purpose opens no other. */
export const PURPOSES = ['unsubscribe', 'preferences', 'view', 'click', 'open'] as const
export type Purpose = (typeof PURPOSES)[number]

export interface TokenKey {
  /** One byte that tells keys apart while one replaces another; says nothing about the secret. */
  id: number
  /** Key objects sign ten times faster than bytes (2 µs against 20, Node 24). */
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
  return { id, secrets: { unsubscribe, preferences, view, click, open } as Record<Purpose, KeyObject> } // five of five
}
