import type { Purpose, TokenKey } from './token-keys.ts'
import type { TokenPayloads } from './token-payload.ts'

/** Bytes of a seal: 128 bits are out of reach of guessing, and List-Unsubscribe stays on one line. */
export const SEAL_BYTES = 16

/** Only the holder of the key can make it. */
export type Sealer = <P extends Purpose>(purpose: P, payload: TokenPayloads[P]) => Buffer

/**
 * Makes the seals of tokens. A seal is one block of AES over what its token names, written so that no two tokens name
 * the same: for inputs of one block that is as good as an HMAC, and the seals of a whole message cost no more than one.
 */
export function sealer(key: TokenKey): Sealer {
  let named: Named | undefined
  let kept: Buffer[] = []
  return (purpose, payload) => {
    const { place, ...subject } = namedBy(purpose, payload)
    if (subject.kind !== named?.kind || subject.id !== named.id || subject.workspace !== named.workspace) {
      named = subject
      kept = []
    }
    const n = Math.floor(place / AT_ONCE)
    const seals = (kept[n] ??= key.ciphers[subject.kind].update(blocks(subject, n * AT_ONCE)))
    const at = (place % AT_ONCE) * SEAL_BYTES
    return seals.subarray(at, at + SEAL_BYTES)
  }
}

interface Named {
  kind: 'message' | 'member'
  workspace: number
  id: number
}

const AT_ONCE = 8

/** Each purpose has a place of its own, and each link, from 3 on. */
const PLACES: Record<Purpose, number> = { unsubscribe: 0, view: 1, open: 2, click: 3, preferences: 0 }

function namedBy<P extends Purpose>(purpose: P, payload: TokenPayloads[P]): Named & { place: number } {
  const { workspace = 0, message = 0, member = 0, link = 0 } = payload as Record<string, number> // those of its purpose
  if (purpose === 'preferences') return { kind: 'member', workspace, id: member, place: PLACES[purpose] }
  return {
    kind: 'message',
    workspace,
    id: message,
    place: PLACES[purpose] + (purpose === 'click' ? link : 0),
  }
}

/** One for each place: 4 bytes of workspace, 8 of the id, 4 of the place. Throws for numbers beyond these. */
function blocks({ workspace, id }: Named, first: number): Buffer {
  const bytes = Buffer.allocUnsafe(AT_ONCE * SEAL_BYTES)
  for (let n = 0, at = 0; n < AT_ONCE; n += 1, at += SEAL_BYTES) {
    bytes.writeUInt32BE(workspace, at)
    bytes.writeUInt32BE(Math.floor(id / 2 ** 32), at + 4)
    bytes.writeUInt32BE(id % 2 ** 32, at + 8)
    bytes.writeUInt32BE(first + n, at + 12)
  }
  return bytes
}
