import type { Condition } from '../flow/conditions/schema.ts'
import { whoIsIn } from './audience-truth.ts'
import { missing } from './fault.ts'
import type { Memory } from './memory.ts'
import { findMemberIds } from './member-views.ts'
import type { Tx } from './pool.ts'

export interface AudiencePage {
  /** The key of one that is saved, or a condition of its own. */
  audience: string | Condition
  q?: string | undefined
  before?: number | undefined
  limit: number
}

const BATCH = 500
/** A page of a small audience among many members ends here and goes on with the next one. */
const LOOKED_AT_MOST = 20_000

/** Ids of those in an audience, newest first, and where to look on: undefined when all have been looked at. */
export async function findInAudience(
  tx: Tx,
  memory: Memory,
  { audience, q, before, limit }: AudiencePage,
): Promise<{ ids: number[]; after: number | undefined }> {
  const where = await conditionOf(tx, memory, audience)
  const found: number[] = []
  let after = before
  for (let looked = 0; looked < LOOKED_AT_MOST; looked += BATCH) {
    const ids = await findMemberIds(tx, { q, before: after, limit: BATCH })
    const [inside] = await whoIsIn(tx, memory, { wheres: [where], ids })
    for (const id of ids.filter((one) => inside?.has(one))) {
      found.push(id)
      if (found.length === limit) return { ids: found, after: id }
    }
    if (ids.length < BATCH) return { ids: found, after: undefined }
    after = ids.at(-1)
  }
  return { ids: found, after }
}

/** The saved condition; each page reads it afresh. */
async function conditionOf(tx: Tx, memory: Memory, audience: string | Condition): Promise<Condition> {
  if (typeof audience !== 'string') return audience
  const { audiences } = await memory.workspace(tx)
  const where = Object.hasOwn(audiences, audience) ? audiences[audience] : undefined
  if (!where) throw missing('audience')
  return where
}
