import { evaluate } from '../flow/conditions/evaluate.ts'
import { needsOf } from '../flow/conditions/needs.ts'
import type { Condition } from '../flow/conditions/schema.ts'
import type { Verdict } from '../flow/conditions/verdict.ts'
import type { MemberFacts } from '../flow/facts.ts'
import { nowOf } from './clock.ts'
import { memberFacts } from './hot/facts.ts'
import type { Memory } from './memory.ts'
import type { Tx } from './pool.ts'

interface Asked {
  wheres: Condition[]
  ids: number[]
}

/** For each condition, those of these members for whom it is true now. */
export async function whoIsIn(tx: Tx, memory: Memory, asked: Asked): Promise<Set<number>[]> {
  const verdicts = await verdictsAbout(tx, memory, asked)
  return verdicts.map((of) => new Set([...of].flatMap(([id, { truth }]) => (truth ? id : []))))
}

/** What each condition says about these members, outside any journey. Facts are loaded once for all of them. */
export async function verdictsAbout(
  tx: Tx,
  memory: Memory,
  { wheres, ids }: Asked,
): Promise<Map<number, Verdict>[]> {
  const workspace = await memory.workspace(tx)
  const needs = { ...needsOf(opened(wheres, workspace.audiences)), templates: [], webhooks: false }
  const facts = await memberFacts(tx, { members: ids, needs, capLookBack: 0 })
  const now = await nowOf(tx)
  const of = (where: Condition, member: MemberFacts): Verdict =>
    evaluate(where, { member, workspace, now, enrollment: null })
  return wheres.map((where) => new Map([...facts.values()].map((member) => [member.id, of(where, member)])))
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
