import { z } from 'zod'
import { checkCondition } from '../conditions/check-meaning.ts'
import { conditionSchema } from '../conditions/schema.ts'
import { error, under, type Fault } from '../fault.ts'
import type { FlowNode } from './schema.ts'
import type { Place, SpecOf } from './node-spec.ts'
import { notRunning } from './not-running.ts'
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
  runs: () => false,
  decide: () => notRunning('split'),
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
