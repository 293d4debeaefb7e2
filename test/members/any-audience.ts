import fc from 'fast-check'
import { CHANNELS } from '../../flow/channels/channel.ts'
import type { Condition } from '../../flow/conditions/schema.ts'
import * as words from './vocabulary.ts'

const { text, number, scalar, instant, duration } = words
const key = fc.constantFrom(...words.KEYS)

const further = fc.oneof({ weight: 4, arbitrary: key }, fc.constantFrom('-1', '00', '1', 'length'))
const attribute = fc
  .tuple(key, fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(further, { maxLength: 2 })))
  .map(([first, more]) => [first, ...more].join('.'))
const fixed = fc.constantFrom('email', 'phone', 'locale', 'timeZone', 'externalId', 'tags', 'tags.0')
const path = fc.oneof(
  { weight: 6, arbitrary: attribute.map((one) => `member.${one}`) },
  { weight: 4, arbitrary: fixed.map((one) => `member.${one}`) },
  { weight: 4, arbitrary: attribute.map((one) => `event.${one}`) },
  { weight: 1, arbitrary: attribute.map((one) => `journey.${one}`) },
)
const ref = fc
  .oneof({ weight: 8, arbitrary: path }, fc.constantFrom('entry.id', 'entry.data.a'))
  .map((one) => ({ ref: one }))

const ordered = fc.oneof(text, number)
const ofText = fc.oneof(text, fc.constantFrom('+34', 'm-1', '.example', 'Europe', '@'))
const OPERANDS: [string[], fc.Arbitrary<unknown>][] = [
  [['eq', 'contains'], fc.oneof(scalar, fc.constantFrom('es', 'pt-BR', 'm-7', 'UTC', 'm-3@members.example'))],
  [['in', 'hasAny', 'hasAll'], fc.array(fc.oneof(scalar, fc.constant('es')), { minLength: 1, maxLength: 4 })],
  [['lt', 'lte', 'gt', 'gte'], ordered],
  [['between'], fc.tuple(ordered, ordered)],
  [['startsWith', 'endsWith'], ofText],
  [['before', 'after'], instant],
  [['withinLast', 'withinNext'], duration],
]
const field = fc.oneof(
  fc.record({ field: path, op: fc.constant('exists') }),
  ...OPERANDS.map(([ops, value]) =>
    fc.record({
      field: path,
      op: fc.constantFrom(...ops),
      value: fc.oneof({ weight: 3, arbitrary: value }, ref),
    }),
  ),
)

const channel = fc.constantFrom(...CHANNELS)
const state = fc.constantFrom('granted', 'revoked')
const others = fc.oneof(
  fc.record({ message: fc.record({ status: fc.constantFrom('sent', 'failed') }) }),
  fc.record({ inAudience: fc.constantFrom(...words.AUDIENCES) }),
  fc.record({ inList: fc.constantFrom(...words.LISTS, 'no list') }),
  fc.record({ consent: fc.record({ topic: fc.constantFrom(...words.TOPICS), channel, state }) }),
  fc.record({ reachable: channel }),
  fc.record({
    flow: fc.record({
      id: fc.constantFrom(...words.FLOWS),
      state: fc.constantFrom('inside', 'ended', 'ever'),
    }),
  }),
  fc.record({
    sample: fc.record({
      percent: fc.constantFrom(0, 0.1, 33.3, 50, 99, 100),
      salt: fc.constantFrom('', 's', '🎉'),
    }),
  }),
)

const count = fc.record({ op: fc.constantFrom('=', '>', '>=', '<', '<='), n: fc.nat({ max: 3 }) })
const span = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: duration.map((within) => ({ within })) },
  { weight: 1, arbitrary: fc.constant({ since: 'entry' }) },
)

/** Any well-shaped condition, those that only a journey answers among them. */
export const anyAudience = fc.letrec((tie) => ({
  condition: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    { weight: 5, arbitrary: field },
    { weight: 4, arbitrary: others },
    { weight: 3, arbitrary: eventWhere(tie('condition')) },
    { weight: 3, arbitrary: fc.record({ all: fc.array(tie('condition'), { maxLength: 3 }) }) },
    { weight: 5, arbitrary: fc.record({ any: fc.array(tie('condition'), { maxLength: 4 }) }) },
    { weight: 2, arbitrary: fc.record({ not: tie('condition') }) },
  ),
})).condition as fc.Arbitrary<Condition> // its pieces are those of the schema

function eventWhere(condition: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.constantFrom(...words.TYPES), count, span, fc.option(condition))
    .map(([event, n, more, where]) => ({ event, count: n, ...more, ...(where !== null && { where }) }))
}
