import type { Memory } from './memory.ts'
import type { Tx } from './pool.ts'

/**
 * So many members of launches wait at the start of a flow at most, for walks to take them up. Entering is several times
 * as fast as sending: without a bound a million would be inside before the first thousands were sent to, and who cancels
 * in the first minute could only ask all of them to leave.
 */
const AHEAD = 20_000

/** How many more may enter this version now. Counts rows of an index, so it is asked once for many pages. */
export async function roomAhead(tx: Tx, memory: Memory, version: number): Promise<number> {
  const { plan } = await memory.version(tx, version)
  const [row] = await tx.rows<{ n: number }>(
    `select count(*) n from (
       select from enrollment where version = $1 and node = $2 and lane = 'bulk' and state <> 'ended'
         and due_at <= now() and walk is null limit $3) waiting`,
    [version, plan.start, AHEAD],
    'room-ahead',
  )
  return AHEAD - (row?.n ?? 0)
}
