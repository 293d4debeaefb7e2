import { evaluate } from '../flow/conditions/evaluate.ts'
import { needsOf } from '../flow/conditions/needs.ts'
import type { Condition } from '../flow/conditions/schema.ts'
import { missing } from './fault.ts'
import { memberFacts } from './hot/facts.ts'
import type { Memory } from './memory.ts'
import { findMemberIds } from './member-views.ts'
import type { Tx } from './pool.ts'

export interface AudiencePage {
  audience: string
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
  const found: number[] = []
  let after = before
  for (let looked = 0; looked < LOOKED_AT_MOST; looked += BATCH) {
    const ids = await findMemberIds(tx, { q, before: after, limit: BATCH })
    const inside = await among(tx, memory, { audience, ids })
    for (const id of ids.filter((one) => inside.has(one))) {
      found.push(id)
      if (found.length === limit) return { ids: found, after: id }
    }
    if (ids.length < BATCH) return { ids: found, after: undefined }
    after = ids.at(-1)
  }
  return { ids: found, after }
}

/** Those of these members for whom the audience's condition is true now. */
async function among(tx: Tx, memory: Memory, of: { audience: string; ids: number[] }): Promise<Set<number>> {
  const workspace = await memory.workspace(tx)
  const where = Object.hasOwn(workspace.audiences, of.audience) ? workspace.audiences[of.audience] : undefined
  if (!where) throw missing('audience')
  const needs = { ...needsOf(opened(where, workspace.audiences)), templates: [] }
  const facts = await memberFacts(tx, { members: of.ids, needs, capLookBack: 0 })
  const [clock] = await tx.rows<{ now: Date }>('select now() now')
  const now = clock?.now.getTime() ?? 0
  const inside = [...facts.values()].filter(
    (member) => evaluate(where, { member, workspace, now, enrollment: null }).truth,
  )
  return new Set(inside.map((member) => member.id))
}

/** The condition with those of all audiences it names, however deep. */
function opened(where: Condition, audiences: Record<string, Condition>): Condition[] {
  const all = new Set([where])
  for (const condition of all) {
    for (const key of needsOf([condition]).audiences) {
      const inner = Object.hasOwn(audiences, key) ? audiences[key] : undefined
      if (inner) all.add(inner)
    }
  }
  return [...all]
}
