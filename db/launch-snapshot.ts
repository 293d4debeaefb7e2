import type { Condition } from '../flow/conditions/schema.ts'
import { audienceCondition } from '../flow/nodes/audience-key.ts'
import type { Reason } from '../flow/reason.ts'
import { nowOf } from './clock.ts'
import { audienceSql } from './conditions/audience-sql.ts'
import { Fault } from './fault.ts'
import type { Memory } from './memory.ts'
import type { Tx } from './pool.ts'
import { STANDING } from './standing.ts'
import { limitStatements } from './time-limit.ts'

/** As many enter in one transaction at most. */
export const PAGE = 1_000

/** Longer than any sound question about a million members takes; then the launch fails and says why. */
const PATIENCE_MS = 120_000

/** Any number that nobody else locks together with another. */
const LOCK = 7_021_980

export interface Unwritten {
  id: number
  audience: string | Condition | null
  members: number[] | null
  last: number
}

/**
 * Writes down who is in a launch, all as of one moment: who comes into its audience later is not in it, and who leaves
 * it stays in. One statement is one snapshot, and the whole of it takes less than page after page would: 2 s for 1,000,000
 * members who are asked for an attribute (measured beside other load). Answers why it cannot be done; or undefined.
 */
export async function writeAudience(
  tx: Tx,
  memory: Memory,
  launch: Unwritten,
): Promise<Reason | 'busy' | undefined> {
  const [alone] = await tx.rows<{ held: boolean }>('select pg_try_advisory_xact_lock($1, $2) held', [
    LOCK,
    launch.id % 2 ** 31,
  ])
  if (!alone?.held) return 'busy'
  const [unwritten] = await tx.rows('select 1 from launch where id = $1 and total is null', [launch.id])
  if (!unwritten) return 'busy'
  const params: unknown[] = [launch.id, launch.last]
  const inside = await insideOf(tx, memory, { launch, params })
  if (typeof inside !== 'string') return inside
  await limitStatements(tx, PATIENCE_MS)
  const [written] = await tx.rows<{ total: number }>(
    `with page as (
       insert into launch_page (workspace, launch, first, members)
       select current_setting('app.workspace')::int, $1, min(id), array_agg(id order by id) from (
         select m.id, (row_number() over (order by m.id) - 1) / ${PAGE} page from member m
         where m.id <= $2 and ${STANDING} and ${inside}) picked
       group by page returning cardinality(members) n)
     select coalesce(sum(n), 0) total from page`,
    params,
  )
  await limitStatements(tx, 0)
  const open = await tx.rows(
    `update launch set total = $2 where id = $1 and state in ('running', 'paused') returning 1`,
    [launch.id, written?.total ?? 0],
  )
  // Whoever ended it meanwhile could not see the pages.
  if (open.length === 0) await tx.rows('delete from launch_page where launch = $1', [launch.id])
  return undefined
}

interface Asked {
  launch: Unwritten
  params: unknown[]
}

/** SQL that is true for those in it; or why nobody can be looked for. */
async function insideOf(
  tx: Tx,
  memory: Memory,
  { launch: { audience, members }, params }: Asked,
): Promise<string | Reason> {
  if (members !== null || audience === null) return `m.id = any($${params.push(members ?? [])}::bigint[])`
  const { audiences } = await memory.workspace(tx)
  if (typeof audience === 'string' && !Object.hasOwn(audiences, audience))
    return { code: 'audience-gone', args: { audience } }
  try {
    return audienceSql(audienceCondition(audience), { audiences, now: await nowOf(tx) }, params)
  } catch (error) {
    if (error instanceof Fault) return { code: 'audience-refused' }
    throw error
  }
}
