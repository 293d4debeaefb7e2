import { createHmac } from 'node:crypto'
import type { AddressKind } from '../flow/channels/channel.ts'

/** A keyed hash of an address: suppressions outlive the address itself without telling it. */
export type Digest = (kind: AddressKind, value: string) => Buffer

/** The case of an e-mail address is kept as it was written and makes no difference. */
export function digestWith(secret: string): Digest {
  return (kind, value) => {
    const one = kind === 'email' ? value.toLowerCase() : value
    return createHmac('sha256', secret).update(`${kind}\0${one}`).digest()
  }
}
