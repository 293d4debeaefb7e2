import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compile } from '../../flow/compile.ts'
import { evaluate } from '../../flow/conditions/evaluate.ts'
import { sayVerdict } from '../../flow/conditions/words.ts'
import { conditionSchema, type Condition } from '../../flow/conditions/schema.ts'
import { flowDocumentSchema } from '../../flow/document.ts'
import { nodeSpec } from '../../flow/nodes/registry.ts'
import { validate } from '../../flow/validate.ts'
import { ANYBODY } from '../../flow/reader.ts'
import { anyCondition, anyEnrollment, anyMember, anyScene } from './any-condition.ts'
import { NOW, WORKSPACE } from './scene.ts'
import { catalogWith, WINNER } from './winner.ts'

const CATALOG = catalogWith()
const EMPTY = catalogWith({ templates: {}, transports: {}, eventTypes: {}, audiences: {}, topics: [] })

/** Reads, checks and compiles whatever comes, as the server does; a draft with faults is still dry-run. */
function take(json: unknown): void {
  const { success, data } = flowDocumentSchema.safeParse(json)
  if (!success) return
  for (const catalog of [CATALOG, EMPTY]) {
    for (const problem of validate(data, catalog)) expect(problem.message).toMatch(/^[A-Z"*].*\.$/s)
  }
  expect(compile(data).irVersion).toBe(1)
}

const HOSTILE_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'kind',
  'exits',
  'on',
]
const key = fc.oneof(fc.constantFrom(...HOSTILE_KEYS), fc.string({ maxLength: 8 }))
const hostile = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.jsonValue(),
    fc.string({ size: 'large' }),
    fc.constantFrom(null, true, -0, 1e308, Number.MAX_SAFE_INTEGER, 'won', 'congrats', 'P5Y', '2026-02-30'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: false }),
  ),
})).value

/** Every place in a JSON value, as keys from its root. */
function placesIn(json: unknown, path: string[] = []): string[][] {
  if (typeof json !== 'object' || json === null) return [path]
  return [path, ...Object.entries(json).flatMap(([name, inner]) => placesIn(inner, [...path, name]))]
}

function replaced(json: unknown, [first, ...rest]: string[], value: unknown): unknown {
  if (first === undefined) return value
  if (Array.isArray(json))
    return json.map((inner: unknown, at) => (String(at) === first ? replaced(inner, rest, value) : inner))
  const entries = Object.entries(json as object).map(([name, inner]) => [
    name,
    name === first ? replaced(inner, rest, value) : inner,
  ])
  return Object.fromEntries(entries)
}

/** A drawing with every kind of node, most of them out of reach. */
const EVERY_KIND = {
  ...WINNER,
  nodes: {
    ...WINNER.nodes,
    scheduled: {
      kind: 'trigger',
      on: { schedule: { cron: '0 9 * * 1', timeZone: 'UTC' }, audience: 'x' },
      exits: {},
    },
    paid: {
      kind: 'wait',
      for: { event: 'Paid', timeout: 'P1D', where: { inList: 'x' } },
      exits: { happened: 'arms' },
    },
    morning: { kind: 'wait', for: { until: { time: '09:00', zone: 'member' } }, exits: { next: 'arms' } },
    arms: { kind: 'split', arms: [{ id: 'a', weight: 1 }], exits: { a: 'cases' } },
    cases: { kind: 'split', cases: [{ id: 'a', if: { reachable: 'sms' } }], exits: { a: null, else: 'tag' } },
    tag: {
      kind: 'update',
      set: { 'member.x': { ref: 'entry.id' } },
      addTags: ['vip'],
      exits: { next: 'hook' },
    },
    hook: {
      kind: 'webhook',
      request: { url: 'https://a.example', method: 'GET' },
      exits: { next: null, failed: null },
    },
  },
}

const PLACES = placesIn(EVERY_KIND)

function valueAt(place: readonly string[]): unknown {
  return place.reduce<unknown>((json, name) => Reflect.get(Object(json), name), EVERY_KIND)
}

/** What stands under the same name elsewhere: most of these keep the shape and change the meaning. */
function kinOf(place: readonly string[]): readonly string[][] {
  const kin = PLACES.filter(
    (one) => one.at(-1) === place.at(-1) || one.slice(0, -1).join() === place.slice(0, -1).join(),
  )
  return kin.filter((one) => typeof valueAt(one) === typeof valueAt(place))
}

const mutation = fc.constantFrom(...PLACES).chain((place) =>
  fc.record({
    place: fc.constant(place),
    value: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...kinOf(place)).map(valueAt) },
      { weight: 1, arbitrary: hostile },
      { weight: 1, arbitrary: fc.constantFrom(...PLACES).map(valueAt) },
    ),
  }),
)

describe('no JSON makes reading, checking or compiling a flow throw or hang', () => {
  test('whatever it is', () => {
    fc.assert(fc.property(hostile, take), { numRuns: 500 })
  })

  test('whatever a valid drawing is turned into', () => {
    const mutated = fc.array(mutation, { minLength: 1, maxLength: 4 }).map((mutations) =>
      mutations.reduce<unknown>((json, { place, value }) => {
        const still = placesIn(json).some((one) => one.join('\0') === place.join('\0'))
        return still ? replaced(json, place, value) : json
      }, EVERY_KIND),
    )
    fc.assert(fc.property(mutated, take), { numRuns: 1_500 })
  })

  test('however its steps are joined', () => {
    const id = fc.constantFrom(
      'won',
      'grand',
      'congrats',
      'pause',
      'redeemed',
      'remind',
      'constructor',
      'gone',
    )
    const target = fc.option(id)
    const exits = fc.dictionary(fc.constantFrom('next', 'failed', 'yes', 'no', 'x'), target, {
      noNullPrototype: true,
    })
    const joined = fc
      .record({ start: id, exits: fc.dictionary(id, exits, { noNullPrototype: true }) })
      .map((drawn) => ({
        ...WINNER,
        start: drawn.start,
        nodes: Object.fromEntries(
          Object.entries(WINNER.nodes).map(([name, node]) => [
            name,
            { ...node, exits: drawn.exits[name] ?? node.exits },
          ]),
        ),
      }))
    fc.assert(fc.property(joined, take), { numRuns: 500 })
  })

  test('however deep, long or wide it is', () => {
    let deep: unknown = { inList: 'x' }
    for (let depth = 0; depth < 50_000; depth += 1) deep = { all: [deep] }
    const wait = (next: string | null) => ({ kind: 'wait', for: { duration: 'P1D' }, exits: { next } })
    const long = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`n${n}`, wait(`n${n + 1}`)]))
    const ring = {
      ...Object.fromEntries(Array.from({ length: 499 }, (_, n) => [`n${n}`, wait(`n${n + 1}`)])),
      n499: wait('n0'),
    }
    const huge = 'x'.repeat(1_000_000)
    const nodes = [
      { ...WINNER.nodes, grand: { ...WINNER.nodes.grand, where: deep } },
      long,
      ring,
      { [huge]: wait(null) },
      { a: { ...wait(huge), label: huge } },
    ]
    for (const one of nodes) take({ ...WINNER, nodes: one })
    take({ ...WINNER, settings: { ...WINNER.settings, exitWhen: deep }, name: huge })
    expect(nodes).toHaveLength(5)
  })
})

describe('evaluating', () => {
  test('never throws, is two-valued and always has words, whatever the condition and the facts', () => {
    fc.assert(
      fc.property(anyCondition, anyScene, (json, scene) => {
        const condition: Condition = conditionSchema.parse(json)
        const { truth, because } = evaluate(condition, scene)
        expect(evaluate({ not: condition }, scene)).toEqual({ truth: !truth, because })
        expect(typeof sayVerdict({ because }, ANYBODY)).toBe('string')
        expect(JSON.parse(JSON.stringify(because))).toEqual(because)
      }),
      { numRuns: 1_000 },
    )
  })

  test('gives all and any their meaning', () => {
    fc.assert(
      fc.property(fc.array(anyCondition, { maxLength: 4 }), anyScene, (parts, scene) => {
        const conditions = parts.map((json) => conditionSchema.parse(json))
        const truths = conditions.map((one) => evaluate(one, scene).truth)
        expect(evaluate({ all: conditions }, scene).truth).toBe(!truths.includes(false))
        expect(evaluate({ any: conditions }, scene).truth).toBe(truths.includes(true))
      }),
    )
  })
})

test('every step that runs decides on any facts without throwing', () => {
  const plan = compile(flowDocumentSchema.parse(WINNER))
  const WHEN = { now: NOW, seq: 200, paused: false }
  const ids = fc.constantFrom('won', 'grand', 'congrats', 'pause', 'redeemed', 'remind')
  fc.assert(
    fc.property(anyMember, anyEnrollment, ids, (member, enrollment, node) => {
      const scene = { plan, workspace: WORKSPACE, member, enrollment: { ...enrollment, node }, ...WHEN }
      const planned = plan.nodes[node]!
      expect(Object.keys(nodeSpec(planned.kind).decide(node, planned, scene))).not.toEqual([])
    }),
  )
})
