import type { Condition } from '../flow/conditions/schema.ts'
import type { WorkspaceFacts } from '../flow/facts.ts'
import { nowOf } from './clock.ts'
import { audienceSql } from './conditions/audience-sql.ts'
import type { Tx } from './pool.ts'
import { STANDING } from './standing.ts'

export interface PageOfAudience {
  where: Condition
  workspace: Pick<WorkspaceFacts, 'audiences'>
  /** Only members with a greater id: 0 for the first page, then the last id of the page before. */
  after: number
  limit: number
}

/**
 * Ids of those in an audience now, in ascending order, erased members left out. A page shorter than `limit` is the last.
 * Members who come into the audience behind `after` are not seen; whoever needs one moment for all keeps the pages.
 */
export async function audiencePage(
  tx: Tx,
  { where, workspace, after, limit }: PageOfAudience,
): Promise<number[]> {
  const params: unknown[] = [after, limit]
  const inside = audienceSql(where, { audiences: workspace.audiences, now: await nowOf(tx) }, params)
  const rows = await tx.rows<{ id: number }>(
    `select m.id from member m where m.id > $1 and ${STANDING} and ${inside} order by m.id limit $2`,
    params,
  )
  return rows.map((row) => row.id)
}
