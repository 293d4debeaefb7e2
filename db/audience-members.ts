import type { Condition } from '../flow/conditions/schema.ts'
import { audienceCondition } from '../flow/nodes/audience-key.ts'
import { nowOf } from './clock.ts'
import { audienceSql } from './conditions/audience-sql.ts'
import { invalid, missing } from './fault.ts'
import { memberSearch } from './member-search.ts'
import type { Memory } from './memory.ts'
import type { Db, Tx } from './pool.ts'
import { withTimeLimit } from './time-limit.ts'
import { STANDING } from './standing.ts'

interface InAudience {
  /** The key of one that is saved, or a condition of its own. */
  audience: string | Condition
  /** As in db/member-search. */
  q?: string | undefined
  /** Only members that came before this id. */
  before?: number | undefined
  limit: number
}

const PATIENCE_MS = 5_000

/** Ids of those in an audience, newest first. */
export async function findInAudience(
  db: Db,
  { workspace, memory }: { workspace: number; memory: Memory },
  asked: InAudience,
): Promise<number[]> {
  const found = await withTimeLimit(db, { workspace, ms: PATIENCE_MS }, async (tx) => {
    const { audiences } = await memory.workspace(tx)
    if (typeof asked.audience === 'string') await readKey(tx, asked.audience)
    const params: unknown[] = [asked.before ?? Number.MAX_SAFE_INTEGER, asked.limit]
    const place = { audiences, now: await nowOf(tx) }
    const inside = audienceSql(audienceCondition(asked.audience), place, params)
    const named = asked.q ? `m.id in (${memberSearch(asked.q, params)})` : 'true'
    const rows = await tx.rows<{ id: number }>(
      `select m.id from member m where m.id < $1 and ${STANDING} and ${inside} and ${named}
       order by m.id desc limit $2`,
      params,
    )
    return rows.map((row) => row.id)
  })
  if (!found) throw invalid([{ path: 'audience', code: 'too-slow', message: TOO_SLOW }])
  return found
}

async function readKey(tx: Tx, key: string): Promise<void> {
  const [saved] = await tx.rows('select from audience where key = $1', [key])
  if (!saved) throw missing('audience')
}

const TOO_SLOW = `Finding them took longer than ${PATIENCE_MS / 1_000} seconds. Ask for fewer first, beside "all": those with a consent, on a list, with an event.`
