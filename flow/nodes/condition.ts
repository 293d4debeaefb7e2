import { z } from 'zod'
import { checkCondition } from '../conditions/check-meaning.ts'
import { evaluate } from '../conditions/evaluate.ts'
import { conditionSchema } from '../conditions/schema.ts'
import { under } from '../fault.ts'
import type { SpecOf } from './node-spec.ts'
import { common } from './parts.ts'

export const conditionNodeSchema = z.strictObject({
  kind: z.literal('condition'),
  ...common,
  if: conditionSchema,
})

export const condition: SpecOf<'condition'> = {
  schema: conditionNodeSchema,
  exits: () => ['yes', 'no'],
  check: (node, { catalog, document }) =>
    under('if', checkCondition(node.if, { catalog, document, tests: null })),
  asks: (node) => [node.if],
  compile: (node, exit) => ({
    kind: 'condition',
    label: node.label ?? null,
    if: node.if,
    exits: { yes: exit('yes'), no: exit('no') },
  }),
  decide(_, node, scene) {
    const { truth, because } = evaluate(node.if, scene)
    const args = { ...(node.label && { label: node.label }), truth, because }
    return { take: truth ? 'yes' : 'no', reason: { code: 'condition', args } }
  },
}
