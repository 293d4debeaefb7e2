import { describe, expect, test } from 'vitest'
import { evaluate } from '../../flow/conditions/evaluate.ts'
import { OPERATORS, type Operator } from '../../flow/conditions/operators.ts'
import { conditionSchema, type Condition } from '../../flow/conditions/schema.ts'
import { enrollmentWith, memberWith, NOW, sceneWith } from './scene.ts'

const ago = (ms: number) => new Date(NOW - ms).toISOString()

const TABLE = (
  [
    ['eq', 'gold', 'gold', true],
    ['eq', 'Gold', 'gold', false],
    ['eq', 5, '5', false],
    ['eq', false, false, true],
    ['eq', ['gold'], 'gold', false],
    ['in', 'gold', ['silver', 'gold'], true],
    ['in', 'bronze', ['silver', 'gold'], false],
    ['in', 5, ['5'], false],
    ['lt', 1, 2, true],
    ['lt', 2, 2, false],
    ['lt', '1', 2, false],
    ['lte', 2, 2, true],
    ['lte', 3, 2, false],
    ['gt', 3, 2, true],
    ['gt', 2, 2, false],
    ['gt', 'b', 'a', true],
    ['gt', 'a', 'B', true],
    ['gt', '🎉', '｡', true],
    ['gte', 2, 2, true],
    ['gte', true, 1, false],
    ['between', 5, [1, 5], true],
    ['between', 6, [1, 5], false],
    ['between', 'b', ['a', 'c'], true],
    ['between', 'b', [1, 5], false],
    ['contains', 'a brass band', 'brass', true],
    ['contains', 'a brass band', 'Brass', false],
    ['contains', ['vip', 'new'], 'vip', true],
    ['contains', ['vip', 'new'], 'vi', false],
    ['contains', 5, '5', false],
    ['startsWith', 'fanfare', 'fan', true],
    ['startsWith', 'fanfare', 'are', false],
    ['endsWith', 'fanfare', 'are', true],
    ['endsWith', ['are'], 'are', false],
    ['exists', '', true, true],
    ['exists', 0, true, true],
    ['exists', false, true, true],
    ['hasAny', ['a', 'b'], ['b', 'c'], true],
    ['hasAny', ['a'], ['b', 'c'], false],
    ['hasAny', 'a', ['a'], false],
    ['hasAll', ['a', 'b', 'c'], ['a', 'b'], true],
    ['hasAll', ['a'], ['a', 'b'], false],
    ['before', '2026-01-01', '2026-01-02', true],
    ['before', '2026-01-01T01:00:00+02:00', '2026-01-01T00:00:00Z', true],
    ['before', '2026-02-30', '2027-01-01', false],
    ['before', '2026-01-01T00:00:00', '2027-01-01', false],
    ['before', 0, '2027-01-01', false],
    ['after', '2026-01-02', '2026-01-01', true],
    ['after', '2026-01-01', '2026-01-01', false],
    ['withinLast', ago(1_000), 'P1D', true],
    ['withinLast', ago(90_000_000), 'P1D', false],
    ['withinLast', ago(-1_000), 'P1D', false],
    ['withinNext', ago(-1_000), 'P1D', true],
    ['withinNext', ago(1_000), 'P1D', false],
  ] as [Operator, unknown, unknown, boolean][]
).map(([op, found, value, truth]) => ({ op, found, value, truth }))

function truthOf(condition: Condition, attributes: Record<string, unknown>): boolean {
  return evaluate(condition, sceneWith({ member: { attributes } })).truth
}

describe('an operator', () => {
  test.each(TABLE)(
    '$op on $found with $value is $truth, and "not" is its complement',
    ({ op, found, value, truth }) => {
      const leaf = conditionSchema.parse({ field: 'member.x', op, value })
      expect(truthOf(leaf, { x: found })).toBe(truth)
      expect(truthOf({ not: leaf }, { x: found })).toBe(!truth)
    },
  )

  test.each(OPERATORS)('%s has a row in the table for both answers', (op) => {
    const answers = new Set(TABLE.filter((row) => row.op === op).map(({ truth }) => truth))
    expect(answers).toEqual(new Set(op === 'exists' ? [true] : [true, false]))
  })

  test.each(TABLE)('$op is false when the value is missing or null ($value)', ({ op, value }) => {
    const leaf = conditionSchema.parse({ field: 'member.x.y', op, value })
    for (const attributes of [{}, { x: null }, { x: { y: null } }, { x: 'text' }, { x: [] }]) {
      expect(truthOf(leaf, attributes)).toBe(false)
      expect(truthOf({ not: leaf }, attributes)).toBe(true)
    }
  })

  const typed = TABLE.filter(({ op }) => op !== 'exists')
  test.each(typed)('$op is false on a type it does not take ($value)', ({ op, value }) => {
    const leaf = conditionSchema.parse({ field: 'member.x', op, value })
    expect(truthOf(leaf, { x: { some: 'object' } })).toBe(false)
    expect(truthOf({ not: leaf }, { x: { some: 'object' } })).toBe(true)
  })
})

describe('a path', () => {
  test('never finds what an object has by nature', () => {
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length']) {
      const leaf = conditionSchema.parse({ field: `member.${key}`, op: 'exists' })
      expect(truthOf(leaf, {})).toBe(false)
      expect(
        truthOf(conditionSchema.parse({ field: `member.list.${key}`, op: 'exists' }), { list: [1] }),
      ).toBe(false)
    }
  })

  test('reads attributes, fixed fields, places in lists, the entry event and journey variables', () => {
    const scene = sceneWith({
      member: { attributes: { list: [{ name: 'first' }], tier: 'gold' }, tags: ['vip'] },
      enrollment: { journey: { score: 5 } },
    })
    const found = (field: string) => {
      const [because] = evaluate({ field, op: 'exists' }, scene).because
      return because?.leaf === 'field' ? because.found : undefined
    }
    expect(found('member.tier')).toBe('gold')
    expect(found('member.list.0.name')).toBe('first')
    expect(found('member.locale')).toBe('es')
    expect(found('member.tags')).toEqual(['vip'])
    expect(found('event.prize.tier')).toBe('grand')
    expect(found('journey.score')).toBe(5)
  })

  test('does not keep an address in its reasons', () => {
    const { truth, because } = evaluate({ field: 'member.email', op: 'exists' }, sceneWith())
    expect(truth).toBe(true)
    expect(JSON.stringify(because)).not.toContain('ana@')
  })

  test('does not take an attribute for an empty fixed field', () => {
    const scene = { ...sceneWith(), member: memberWith({ phone: null, attributes: { phone: '+34' } }) }
    expect(evaluate({ field: 'member.phone', op: 'exists' }, scene).truth).toBe(false)
  })
})

describe('a value by reference', () => {
  const leaf: Condition = { field: 'member.code', op: 'eq', value: { ref: 'entry.data.prize.code' } }

  test('is the value found there', () => {
    expect(truthOf(leaf, { code: 'BIKE-77' })).toBe(true)
    expect(truthOf(leaf, { code: 'CAR-1' })).toBe(false)
  })

  test('makes the leaf false when it is missing', () => {
    const scene = {
      ...sceneWith({ member: { attributes: { code: 'x' } } }),
      enrollment: enrollmentWith({ entry: null }),
    }
    expect(evaluate(leaf, scene).truth).toBe(false)
  })
})
