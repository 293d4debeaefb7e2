import { z } from 'zod'
import { checkCondition } from '../conditions/check-meaning.ts'
import { evaluate } from '../conditions/evaluate.ts'
import { conditionSchema } from '../conditions/schema.ts'
import { under } from '../fault.ts'
import type { SpecOf } from './node-spec.ts'
import { common } from './parts.ts'

export const audienceNodeSchema = z.strictObject({
  kind: z.literal('audience'),
  ...common,
  where: conditionSchema,
})

/** Lets members pass who are in it; the others leave, with what they lacked. */
export const audience: SpecOf<'audience'> = {
  schema: audienceNodeSchema,
  exits: () => ['next'],
  check: ({ where }, { catalog, document }) =>
    under('where', checkCondition(where, { catalog, document, tests: null })),
  asks: ({ where }) => [where],
  compile: ({ label, where }, exit) => ({
    kind: 'audience',
    label: label ?? null,
    where,
    exits: { next: exit('next') },
  }),
  decide(_, { label, where }, scene) {
    const { truth, because } = evaluate(where, scene)
    const args = { ...(label && { label }), truth, because }
    if (!truth) return { leave: { code: 'not-in-audience', args } }
    return { take: 'next', reason: { code: 'in-audience', args } }
  },
}
