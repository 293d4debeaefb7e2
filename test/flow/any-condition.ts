import fc from 'fast-check'
import { CHANNELS } from '../../flow/channels/channel.ts'
import type { ConditionScene } from '../../flow/conditions/scene.ts'
import type { Condition } from '../../flow/conditions/schema.ts'
import type { EnrollmentFacts, MemberFacts } from '../../flow/facts.ts'
import { DAY, enrollmentWith, memberWith, NOW } from './scene.ts'

const NAMES = ['a', 'b', 'constructor', '__proto__'] as const
const name = fc.constantFrom(...NAMES)
const scalar = fc.oneof(
  fc.constantFrom('', 'x', 'y', '🎉', '2026-11-21', 'P7D'),
  fc.integer({ min: -2, max: 2 }),
  fc.boolean(),
)
const date = fc.constantFrom('2026-11-21', '2026-11-21T10:00:00Z', '2026-11-20T09:00:00+05:00')
const duration = fc.constantFrom('P7D', 'PT1H', 'P0D')
const ordered = fc.oneof(fc.constantFrom('x', 'y'), fc.integer({ min: -2, max: 2 }))
const channel = fc.constantFrom(...CHANNELS)

const path = fc
  .tuple(fc.constantFrom('member', 'event', 'journey'), name, fc.option(name))
  .map(([root, first, second]) => [root, first, ...(second === null ? [] : [second])].join('.'))
const ref = fc
  .constantFrom('entry.data.a', 'entry.id', 'member.a', 'event.b', 'journey.a')
  .map((one) => ({ ref: one }))

const operands: [string[], fc.Arbitrary<unknown>][] = [
  [['eq', 'contains'], scalar],
  [['in', 'hasAny', 'hasAll'], fc.array(scalar, { minLength: 1, maxLength: 3 })],
  [['lt', 'lte', 'gt', 'gte'], ordered],
  [['between'], fc.tuple(ordered, ordered)],
  [['startsWith', 'endsWith'], fc.constantFrom('', 'x')],
  [['before', 'after'], date],
  [['withinLast', 'withinNext'], duration],
]
const field = fc.oneof(
  fc.record({ field: path, op: fc.constant('exists') }),
  ...operands.map(([ops, value]) =>
    fc.record({
      field: path,
      op: fc.constantFrom(...ops),
      value: fc.oneof({ weight: 4, arbitrary: value }, ref),
    }),
  ),
)

const count = fc.record({ op: fc.constantFrom('=', '>', '>=', '<', '<='), n: fc.nat({ max: 3 }) })
const span = fc.oneof(
  fc.constant({}),
  duration.map((within) => ({ within })),
  fc.constant({ since: 'entry' }),
)

const others = fc.oneof(
  fc.record({
    message: fc.record({ status: fc.constantFrom('sent', 'delivered', 'read', 'clicked', 'failed') }),
  }),
  fc.record({ inAudience: name }),
  fc.record({ inList: name }),
  fc.record({
    consent: fc.record({ topic: name, channel, state: fc.constantFrom('granted', 'revoked') }),
  }),
  fc.record({ reachable: channel }),
  fc.record({ flow: fc.record({ id: name, state: fc.constantFrom('inside', 'ended', 'ever') }) }),
  fc.record({ sample: fc.record({ percent: fc.integer({ min: 0, max: 100 }), salt: name }) }),
)

/** Any condition of the right shape, as JSON. */
export const anyCondition: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4 },
    field,
    others,
    fc.tuple(name, count, span).map(([event, n, more]) => ({ event, count: n, ...more })),
    fc.tuple(name, count, tie('condition')).map(([event, n, where]) => ({ event, count: n, where })),
    fc.record({ all: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ not: tie('condition') }),
  ),
})).condition

const json = fc.oneof(
  scalar,
  date,
  fc.constant(null),
  fc.jsonValue({ maxDepth: 2 }),
  fc.array(scalar, { maxLength: 3 }),
)
const data = fc.dictionary(name, fc.oneof(json, fc.dictionary(name, json, { noNullPrototype: true })), {
  noNullPrototype: true,
})
const at = fc.integer({ min: NOW - 10 * DAY, max: NOW + DAY })

/** A member with facts of any kind, fitting or not. */
export const anyMember: fc.Arbitrary<MemberFacts> = fc
  .record({
    id: fc.integer({ min: 1, max: 2 ** 40 }),
    attributes: data,
    lists: fc.array(name, { maxLength: 2 }),
    flows: fc.array(fc.record({ id: name, state: fc.constantFrom('inside' as const, 'ended' as const) }), {
      maxLength: 2,
    }),
    events: fc.array(fc.record({ seq: fc.nat({ max: 200 }), type: name, at, data }), { maxLength: 4 }),
  })
  .map(memberWith)

export const anyEnrollment: fc.Arbitrary<EnrollmentFacts> = fc
  .record({
    seq: fc.nat({ max: 200 }),
    journey: data,
    entry: fc.option(fc.record({ id: fc.constant('e'), type: name, at, data })),
  })
  .map(enrollmentWith)

const audiences = fc.dictionary(name, anyCondition, { noNullPrototype: true }) as fc.Arbitrary<
  Record<string, Condition>
> // anyCondition makes conditions

export const anyScene: fc.Arbitrary<ConditionScene> = fc.record({
  member: anyMember,
  enrollment: fc.option(anyEnrollment),
  workspace: audiences.map((known) => ({ audiences: known })),
  now: fc.constant(NOW),
})
