import type { Condition } from '../flow/conditions/schema.ts'
import { nowOf } from './clock.ts'
import { audienceSql } from './conditions/audience-sql.ts'
import type { Memory } from './memory.ts'
import type { Db, Tx } from './pool.ts'
import { populationSize } from './population.ts'
import { withTimeLimit } from './time-limit.ts'
import { STANDING } from './standing.ts'

/** Longer than this nobody looks at a page that loads. */
const PATIENCE_MS = 5_000
const SAMPLE = 10

interface Place {
  workspace: number
  memory: Memory
}

/** How many members each condition is true for now; null for those that were not counted in time, all taken together. */
export async function countAudiences(
  db: Db,
  { workspace, memory }: Place,
  wheres: Condition[],
): Promise<(number | null)[]> {
  const end = performance.now() + PATIENCE_MS
  const counts: (number | null)[] = []
  for (const where of wheres) {
    const ms = end - performance.now()
    const size = async (tx: Tx) =>
      populationSize(tx, { of: { where }, workspace: await memory.workspace(tx) })
    counts.push((ms > 0 ? await withTimeLimit(db, { workspace, ms }, size) : null) ?? null)
  }
  return counts
}

export interface Preview {
  count: number | null
  /** External ids of the newest in it. */
  sample: string[]
}

/** The newest are found at once in an audience of many; if there are few, no more need be counted. */
export async function previewAudience(db: Db, place: Place, where: Condition): Promise<Preview> {
  const limit = { workspace: place.workspace, ms: PATIENCE_MS }
  const newest = await withTimeLimit(db, limit, (tx) => newestIn(tx, place.memory, where))
  if (newest && newest.length < SAMPLE) return { count: newest.length, sample: newest }
  const [count = null] = newest ? await countAudiences(db, place, [where]) : []
  return { count, sample: newest ?? [] }
}

async function newestIn(tx: Tx, memory: Memory, where: Condition): Promise<string[]> {
  const { audiences } = await memory.workspace(tx)
  const params: unknown[] = [SAMPLE]
  const inside = audienceSql(where, { audiences, now: await nowOf(tx) }, params)
  const rows = await tx.rows<{ externalId: string }>(
    `select m.external_id "externalId" from member m where ${STANDING} and ${inside} order by m.id desc limit $1`,
    params,
  )
  return rows.map((row) => row.externalId)
}
