import { evaluate } from '../flow/conditions/evaluate.ts'
import { needsOf } from '../flow/conditions/needs.ts'
import type { Condition } from '../flow/conditions/schema.ts'
import { memberFacts } from './hot/facts.ts'
import type { Memory } from './memory.ts'
import type { Tx } from './pool.ts'

/** For each condition, those of these members for whom it is true now. Facts are loaded once for all of them. */
export async function whoIsIn(
  tx: Tx,
  memory: Memory,
  { wheres, ids }: { wheres: Condition[]; ids: number[] },
): Promise<Set<number>[]> {
  const workspace = await memory.workspace(tx)
  const needs = { ...needsOf(opened(wheres, workspace.audiences)), templates: [], webhooks: false }
  const facts = await memberFacts(tx, { members: ids, needs, capLookBack: 0 })
  const [clock] = await tx.rows<{ now: Date }>('select now() now')
  const now = clock?.now.getTime() ?? 0
  return wheres.map((where) => {
    const inside = [...facts.values()].filter(
      (member) => evaluate(where, { member, workspace, now, enrollment: null }).truth,
    )
    return new Set(inside.map((member) => member.id))
  })
}

/** The conditions with those of all audiences they name, however deep. */
function opened(wheres: Condition[], audiences: Record<string, Condition>): Condition[] {
  const all = new Set(wheres)
  for (const condition of all) {
    for (const key of needsOf([condition]).audiences) {
      const inner = Object.hasOwn(audiences, key) ? audiences[key] : undefined
      if (inner) all.add(inner)
    }
  }
  return [...all]
}
