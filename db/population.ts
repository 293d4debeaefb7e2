import type { Condition } from '../flow/conditions/schema.ts'
import type { WorkspaceFacts } from '../flow/facts.ts'
import { audiencePage } from './audience-page.ts'
import { nowOf } from './clock.ts'
import { audienceSql } from './conditions/audience-sql.ts'
import type { Tx } from './pool.ts'
import { STANDING } from './standing.ts'

/** Whom something is about: members by their ids, in that order, or all for whom a condition is true. */
export type Population = { ids: number[] } | { where: Condition }

export const EVERYBODY: Population = { where: { all: [] } }

interface Asked {
  of: Population
  workspace: Pick<WorkspaceFacts, 'audiences'>
}

export async function populationSize(tx: Tx, { of, workspace }: Asked): Promise<number> {
  if ('ids' in of) return of.ids.length
  const params: unknown[] = []
  const inside = audienceSql(of.where, { audiences: workspace.audiences, now: await nowOf(tx) }, params)
  const [row] = await tx.rows<{ n: number }>(
    `select count(*) n from member m where ${STANDING} and ${inside}`,
    params,
  )
  return row?.n ?? 0
}

/** Where a page begins: how many ids came before it, and the last of them. */
export interface Place {
  done: number
  last: number
}

/** The next ids; a page shorter than `limit` is the last. */
export async function populationPage(
  tx: Tx,
  { of, workspace }: Asked,
  { after, limit }: { after: Place; limit: number },
): Promise<number[]> {
  if ('ids' in of) return of.ids.slice(after.done, after.done + limit)
  return audiencePage(tx, { where: of.where, workspace, after: after.last, limit })
}

/** The ids behind external ids, in their order; undefined for those that nobody has. */
export async function memberIds(tx: Tx, externalIds: string[]): Promise<(number | undefined)[]> {
  if (externalIds.length === 0) return []
  const rows = await tx.rows<{ id: number; external_id: string }>(
    'select id, external_id from member where external_id = any($1::text[]) and erased_at is null',
    [externalIds],
  )
  const ids = new Map(rows.map((row) => [row.external_id, row.id]))
  return externalIds.map((one) => ids.get(one))
}
