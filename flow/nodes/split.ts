import { z } from 'zod'
import { bucketOf } from '../bucket.ts'
import { checkCondition } from '../conditions/check-meaning.ts'
import { evaluate } from '../conditions/evaluate.ts'
import { conditionSchema } from '../conditions/schema.ts'
import { error, under, type Fault } from '../fault.ts'
import type { PlanSplit } from '../plan.ts'
import type { Scene, Turn } from '../scene.ts'
import type { FlowNode } from './schema.ts'
import type { Place, SpecOf } from './node-spec.ts'
import { common, idSchema } from './parts.ts'

const arm = z.strictObject({
  id: idSchema,
  weight: z.number().positive('Give a weight above 0.').max(1_000_000),
})
const aCase = z.strictObject({ id: idSchema, if: conditionSchema })

export const splitSchema = z
  .strictObject({
    kind: z.literal('split'),
    ...common,
    arms: z.array(arm).min(1).max(50).optional(),
    cases: z.array(aCase).min(1).max(50).optional(),
  })
  .refine(({ arms, cases }) => (arms === undefined) !== (cases === undefined), {
    error: 'Give either arms with weights, or cases with conditions.',
    params: { code: 'one-of' },
  })

type SplitNode = Extract<FlowNode, { kind: 'split' }>

export const split: SpecOf<'split'> = {
  schema: splitSchema,
  exits: (node) => [...idsOf(node), ...(node.cases ? ['else'] : [])],
  check: (node, place) => [...checkIds(node), ...checkCases(node, place)],
  asks: ({ cases = [] }) => cases.map((one) => one.if),
  compile: (node, exit) => ({
    kind: 'split',
    label: node.label ?? null,
    by: node.cases ? { by: 'cases', cases: node.cases } : { by: 'weight', arms: node.arms ?? [] },
    exits: Object.fromEntries(split.exits(node).map((handle) => [handle, exit(handle)])),
  }),
  decide: (nodeId, { label, by }, scene) =>
    by.by === 'weight' ? armOf(by.arms, nodeId, scene) : caseOf(by.cases, label ?? nodeId, scene),
}

type Arms = Extract<PlanSplit, { by: 'weight' }>['arms']
type Cases = Extract<PlanSplit, { by: 'cases' }>['cases']

/** By share of the weights: a member takes the same arm each time they come here, in every version. */
function armOf(arms: Arms, nodeId: string, { member }: Scene): Turn {
  const all = arms.reduce((sum, { weight }) => sum + weight, 0)
  let left = bucketOf(member.id, nodeId) * all
  const arm = arms.find(({ weight }) => (left -= weight) < 0) ?? arms.at(-1)
  const { id = '', weight = 0 } = arm ?? {}
  return { take: id, reason: { code: 'arm', args: { arm: id, share: weight / all } } }
}

/** The first case that is true; else it tells what none of them found. */
function caseOf(cases: Cases, label: string, scene: Scene): Turn {
  const failed = []
  for (const { id, if: condition } of cases) {
    const { truth, because } = evaluate(condition, scene)
    if (truth) return { take: id, reason: { code: 'case', args: { label, case: id, because } } }
    failed.push(...because)
  }
  return { take: 'else', reason: { code: 'no-case', args: { label, because: failed } } }
}

function idsOf({ arms, cases }: SplitNode): string[] {
  return (arms ?? cases ?? []).map(({ id }) => id)
}

function checkIds(node: SplitNode): Fault[] {
  const ids = idsOf(node)
  const path = node.cases ? 'cases' : 'arms'
  return ids.flatMap((id, at) => {
    if (node.cases && id === 'else') {
      return [
        error(
          'arm-reserved',
          `${path}[${at}].id`,
          'The exit "else" is for all others. Give this case another id.',
        ),
      ]
    }
    if (ids.indexOf(id) === at) return []
    return [error('arm-twice', `${path}[${at}].id`, `Two exits are called *${id}*. Give each its own id.`)]
  })
}

function checkCases({ cases = [] }: SplitNode, { catalog, document }: Place): Fault[] {
  return cases.flatMap((one, at) =>
    under(`cases[${at}].if`, checkCondition(one.if, { catalog, document, tests: null })),
  )
}
