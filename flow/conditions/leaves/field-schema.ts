import { z } from 'zod'
import { durationSchema } from '../../duration-schema.ts'
import { parsePath, type Root } from '../../path.ts'
import { instantOf } from '../instant.ts'
import { OPERATORS, type Operator } from '../operators.ts'

const fieldPath = z.string().refine(startsAt('member', 'event', 'journey'), {
  error: 'Write member.<attribute>, event.<path> or journey.<variable>.',
  params: { code: 'path' },
})

const ref = z.strictObject({
  ref: z.string().refine(startsAt('entry', 'event', 'member', 'journey'), {
    error: 'Write a path such as entry.data.prize.code.',
    params: { code: 'path' },
  }),
})

const text = z.string().max(1_000)
const scalar = z.union([text, z.number(), z.boolean()])
const list = z.array(scalar).min(1).max(1_000)
const ordered = z.union([text, z.number()])
const instant = z.string().refine((value) => instantOf(value) !== undefined, {
  error: 'Write a date, or an instant with its zone, such as 2026-03-01T09:00:00Z.',
  params: { code: 'instant' },
})

/** Which values an operator takes; each may also be a `{ ref }`. */
export const fieldSchema = z.discriminatedUnion(
  'op',
  [
    takes(['eq', 'contains'], scalar, 'Write a text, a number, true or false.'),
    takes(['in', 'hasAny', 'hasAll'], list, 'Write a list of texts or numbers.'),
    takes(['lt', 'lte', 'gt', 'gte'], ordered, 'Write a number or a text.'),
    takes(['between'], z.tuple([ordered, ordered]), 'Write a list of two: from and to.'),
    takes(['startsWith', 'endsWith'], text, 'Write a text.'),
    takes(['before', 'after'], instant, 'Write a date, or an instant with its zone.'),
    takes(['withinLast', 'withinNext'], durationSchema, 'Write a duration such as P7D.'),
    z.strictObject({
      field: fieldPath,
      op: z.literal('exists'),
      value: z.literal(true, 'To ask whether it is missing, put { "not": … } around this.').optional(),
    }),
  ],
  `Choose an operator: ${OPERATORS.join(', ')}.`,
)

export type FieldLeaf = z.infer<typeof fieldSchema>

/** The path of a `{ ref }`; undefined for a plain value. */
export function refOf(value: FieldLeaf['value']): string | undefined {
  return typeof value === 'object' && 'ref' in value ? value.ref : undefined
}

function takes<const O extends Operator, V extends z.ZodType>(
  op: readonly [O, ...O[]],
  value: V,
  error: string,
) {
  return z.strictObject({ field: fieldPath, op: z.enum(op), value: z.union([ref, value], { error }) })
}

function startsAt(...roots: Root[]) {
  return (path: string): boolean => {
    const parsed = parsePath(path)
    return parsed !== undefined && roots.includes(parsed.root)
  }
}
