import type { Tx } from '../pool.ts'
import { LEASE_LASTS } from './claim.ts'

export async function openLease(tx: Tx): Promise<number> {
  const [lease] = await tx.rows<{ id: number }>('insert into lease default values returning id')
  if (!lease) throw new Error('the database returned no lease')
  return lease.id
}

/** False when the lease had lapsed: others may have given its work up, so a new one is needed. */
export async function renewLease(tx: Tx, lease: number): Promise<boolean> {
  const renewed = await tx.rows(
    `update lease set seen_at = clock_timestamp() where id = $1 and seen_at > clock_timestamp() - ${LEASE_LASTS} returning 1`,
    [lease],
    'renew-lease',
  )
  return renewed.length > 0
}

/**
 * A clock that is set back makes the dead look alive until it has come as far again: what was seen in the future is taken
 * as seen now. The living renew theirs anyway.
 */
export async function holdBackLeases(tx: Tx): Promise<void> {
  await tx.rows(
    `update lease set seen_at = clock_timestamp() where seen_at > clock_timestamp() + ${LEASE_LASTS}`,
  )
}

export async function closeLease(tx: Tx, lease: number): Promise<void> {
  await tx.rows('delete from lease where id = $1', [lease])
}
