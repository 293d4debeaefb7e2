import { findKey } from '../../db/api-keys.ts'
import type { Db } from '../../db/pool.ts'
import type { Authenticate } from './authorise.ts'
import type { Principal } from './principal.ts'

/** How long a revoked key may still be taken for good. */
const FRESH_MS = 1_000
const MOST = 1_000

/** Looks keys up, and remembers good ones for a second: a batch of requests costs one look. */
export function authenticator(db: Db, clock: () => number = () => performance.now()): Authenticate {
  const known = new Map<string, { principal: Promise<Principal | undefined>; until: number }>()
  return async (key) => {
    const hit = known.get(key)
    if (hit && hit.until > clock()) return hit.principal
    const principal = findKey(db, key)
    known.set(key, { principal, until: clock() + FRESH_MS })
    if (known.size > MOST) known.delete(known.keys().next().value!)
    const found = await principal.catch((error: unknown) => {
      known.delete(key)
      throw error
    })
    if (!found) known.delete(key)
    return found
  }
}
