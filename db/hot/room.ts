import type { Tx } from '../pool.ts'
import { readyStands, type StandKey } from './stands.ts'

/**
 * A message that failed counts towards no cap any more: those of its member's journeys that rest because a cap was full
 * are decided on again. The caller holds the members' locks.
 */
export async function makeRoom(tx: Tx, members: number[]): Promise<void> {
  if (members.length === 0) return
  const due = await tx.rows<StandKey>(
    `update enrollment set due_at = now() where id = any(array(
       select id from enrollment
       where member = any($1::bigint[]) and state = 'resting' and walk is null and due_at > now()
         and rest->>'code' = 'frequency-cap'
       order by id for no key update))
     returning version, node, lane`,
    [[...new Set(members)]],
    'make-room',
  )
  await readyStands(tx, due)
}
