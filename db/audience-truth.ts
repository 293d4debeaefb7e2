import { evaluate } from '../flow/conditions/evaluate.ts'
import { explain, type Explained } from '../flow/conditions/explain.ts'
import { needsOf } from '../flow/conditions/needs.ts'
import { openedNeeds } from '../flow/conditions/opened.ts'
import type { ConditionScene } from '../flow/conditions/scene.ts'
import type { Condition } from '../flow/conditions/schema.ts'
import type { Verdict } from '../flow/conditions/verdict.ts'
import type { Reader } from '../flow/reader.ts'
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

/** What each condition says about these members, outside any journey. */
export async function verdictsAbout(tx: Tx, memory: Memory, asked: Asked): Promise<Map<number, Verdict>[]> {
  const scenes = await scenesOutside(tx, memory, asked)
  return asked.wheres.map(
    (where) => new Map(scenes.map((scene) => [scene.member.id, evaluate(where, scene)])),
  )
}

/** What each leaf of a condition says about a member, outside any journey; undefined when there is none. */
export async function explainAbout(
  tx: Tx,
  memory: Memory,
  { where, member, reader }: { where: Condition; member: number; reader: Reader },
): Promise<Explained | undefined> {
  const [scene] = await scenesOutside(tx, memory, { wheres: [where], ids: [member] })
  return scene && explain(where, { scene, reader })
}

/** Facts are loaded once for all of the conditions. */
async function scenesOutside(tx: Tx, memory: Memory, { wheres, ids }: Asked): Promise<ConditionScene[]> {
  const workspace = await memory.workspace(tx)
  const named = { ...needsOf(wheres), templates: [], webhooks: false }
  const needs = openedNeeds(named, workspace.audiences)
  const facts = await memberFacts(tx, { members: ids, needs, capLookBack: 0 })
  const now = await nowOf(tx)
  return [...facts.values()].map((member) => ({ member, workspace, now, enrollment: null }))
}
