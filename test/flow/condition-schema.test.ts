import { describe, expect, test } from 'vitest'
import { audienceIssues } from '../../flow/conditions/audience.ts'
import { soundAudiences } from '../../flow/conditions/sound-audiences.ts'
import { needsOf, wakersOf } from '../../flow/conditions/needs.ts'
import { conditionSchema, type Condition } from '../../flow/conditions/schema.ts'
import { DAY } from './scene.ts'

function codesOf(json: unknown): string[] {
  const issues = conditionSchema.safeParse(json).error?.issues ?? []
  return issues.map((issue) => {
    const code = issue.code === 'custom' ? String(issue.params?.['code']) : issue.code
    const name = issue.code === 'unrecognized_keys' ? `(${issue.keys.join()})` : ''
    return `${issue.path.join('.')} ${code}${name}`
  })
}

const GOLD: Condition = { field: 'member.tier', op: 'eq', value: 'gold' }

describe('the shape of a condition', () => {
  test.each([
    GOLD,
    { all: [GOLD, { not: { any: [GOLD] } }] },
    { field: 'member.x', op: 'exists' },
    { field: 'event.x', op: 'in', value: { ref: 'entry.data.codes' } },
    { event: 'Won', where: { field: 'event.x', op: 'exists' }, count: { op: '=', n: 0 }, within: 'P7D' },
    { message: { status: 'failed' } },
    { inAudience: 'testers' },
    { inList: 'club' },
    { consent: { topic: 'prizes', channel: 'sms', state: 'granted' } },
    { reachable: 'push' },
    { flow: { id: 'flw_1', state: 'ever' } },
    { sample: { percent: 10, salt: 'spring' } },
  ])('is kept as it is: %j', (json) => {
    expect(conditionSchema.parse(json)).toEqual(json)
  })

  test.each([
    [{}, ' one-leaf'],
    [null, ' condition'],
    ['gold', ' condition'],
    [[], ' condition'],
    [{ ...GOLD, inList: 'a' }, ' one-leaf'],
    [{ all: [GOLD], any: [GOLD] }, ' one-leaf'],
    [{ ...GOLD, colour: 'red' }, ' unrecognized_keys(colour)'],
    [{ all: [GOLD], colour: 'red' }, ' unrecognized_keys(colour)'],
    [{ all: GOLD }, 'all list'],
    [{ not: { any: [GOLD, { all: [{ inList: 5 }] }] } }, 'not.any.1.all.0.inList invalid_type'],
    [{ ...GOLD, field: 'tier' }, 'field path'],
    [{ ...GOLD, field: 'entry.data.x' }, 'field path'],
    [{ ...GOLD, field: 'member.' }, 'field path'],
    [{ ...GOLD, op: 'like' }, 'op invalid_union'],
    [{ ...GOLD, op: 'in' }, 'value invalid_union'],
    [{ ...GOLD, op: 'before' }, 'value instant'],
    [{ ...GOLD, value: null }, 'value invalid_union'],
    [{ ...GOLD, op: 'exists', value: false }, 'value invalid_value'],
    [{ event: 'Won' }, 'count invalid_type'],
    [{ event: 'Won', count: { op: '>=', n: 1 }, within: 'P1D', since: 'entry' }, 'since one-of'],
    [{ event: 'Won', count: { op: '>=', n: 1 }, where: { inList: 1 } }, 'where.inList invalid_type'],
    [{ event: 'Won', count: { op: '!=', n: 1 } }, 'count.op invalid_value'],
    [{ event: 'Won', count: { op: '>=', n: 1 }, within: 'a week' }, 'within duration'],
    [{ reachable: 'fax' }, 'reachable invalid_value'],
    [{ sample: { percent: 101, salt: '' } }, 'sample.percent too_big'],
  ])('is refused with its place: %j', (json, issue) => {
    expect(codesOf(json)).toContain(issue)
  })

  test('tells all its faults at once', () => {
    expect(codesOf({ all: [{ inList: 1 }, { inAudience: 2 }, {}] })).toHaveLength(3)
  })

  test('refuses a tree that is too deep or too wide, without end of memory or stack', () => {
    let deep: unknown = GOLD
    for (let depth = 0; depth < 100_000; depth += 1) deep = { not: deep }
    expect(codesOf(deep).join()).toContain('too-deep')
    expect(codesOf({ all: Array.from({ length: 300_000 }, () => GOLD) }).join()).toContain(
      'too-many-conditions',
    )
  })

  test('refuses __proto__ as a property by name', () => {
    expect(codesOf(JSON.parse('{"all": [], "__proto__": {}}'))).toEqual([' unrecognized_keys(__proto__)'])
    expect(codesOf(JSON.parse('{"inList": "a", "__proto__": {}}'))).toEqual([' unrecognized_keys(__proto__)'])
  })
})

describe('what a condition needs', () => {
  const once = { op: '>=', n: 1 } as const

  test('is every name in it, each once, those inside where included', () => {
    const condition = conditionSchema.parse({
      all: [
        { event: 'Won', count: once, within: 'P7D', where: { inList: 'club' } },
        { not: { any: [{ event: 'Won', count: once, within: 'P1D' }, { inAudience: 'testers' }] } },
        { flow: { id: 'flw_1', state: 'ever' } },
      ],
    })
    expect(needsOf([condition])).toEqual({
      events: ['Won'],
      eventsWithinMs: 7 * DAY,
      counts: [
        { type: 'Won', span: 7 * DAY, enough: null },
        { type: 'Won', span: DAY, enough: 20 },
      ],
      lists: ['club'],
      audiences: ['testers'],
      flows: ['flw_1'],
    })
  })

  test('is all of history when one event leaf has no limit, and none without event leaves', () => {
    const limited: Condition = { event: 'Won', count: once, within: 'P7D' }
    expect(needsOf([limited, { event: 'Lost', count: once }]).eventsWithinMs).toBeNull()
    expect(needsOf([{ inList: 'club' }]).eventsWithinMs).toBe(0)
  })

  test('is no more of a type than settles every count of it, unless their data is asked about', () => {
    const few: Condition = { event: 'Won', count: { op: '<', n: 30 } }
    const some: Condition = { event: 'Won', count: once, since: 'entry' }
    expect(needsOf([few, { event: 'Won', count: once }, some]).counts).toEqual([
      { type: 'Won', span: 'ever', enough: 31 },
      { type: 'Won', span: 'entry', enough: 20 },
    ])
    const gold: Condition = { ...some, where: { field: 'event.tier', op: 'eq', value: 'gold' } }
    expect(needsOf([some, gold]).counts).toEqual([{ type: 'Won', span: 'entry', enough: null }])
  })

  test('names what wakes it', () => {
    const asleep = { events: [], attributes: false, consent: false, receipts: false }
    expect(wakersOf(null)).toEqual(asleep)
    expect(wakersOf({ event: 'Closed', count: once })).toEqual({ ...asleep, events: ['Closed'] })
    expect(wakersOf({ field: 'member.tier', op: 'exists' })).toEqual({ ...asleep, attributes: true })
    expect(wakersOf({ field: 'event.tier', op: 'exists' })).toEqual(asleep)
    expect(wakersOf({ message: { status: 'clicked' } })).toEqual({ ...asleep, receipts: true })
    expect(wakersOf({ consent: { topic: 'a', channel: 'sms', state: 'revoked' } })).toEqual({
      ...asleep,
      consent: true,
    })
  })
})

describe('a saved audience', () => {
  const codes = (where: unknown, saved: Record<string, Condition> = {}) =>
    audienceIssues('self', conditionSchema.parse(where), saved).map(({ code, path }) => `${path} ${code}`)

  test('may ask about the member and their events', () => {
    const where = { field: 'event.tier', op: 'eq', value: 'grand' }
    expect(codes({ all: [GOLD, { event: 'Won', count: { op: '>=', n: 1 }, within: 'P7D', where }] })).toEqual(
      [],
    )
  })

  test('cannot ask about a journey', () => {
    const where = {
      all: [
        { message: { status: 'sent' } },
        { event: 'Won', count: { op: '>=', n: 1 }, since: 'entry' },
        { field: 'event.tier', op: 'exists' },
        { field: 'journey.score', op: 'exists' },
        { field: 'member.code', op: 'eq', value: { ref: 'entry.data.code' } },
      ],
    }
    expect(codes(where)).toEqual([0, 1, 2, 3, 4].map((at) => `all[${at}] needs-a-journey`))
  })

  test('cannot lead back to itself, and the circle is told', () => {
    const saved: Record<string, Condition> = { a: { inAudience: 'b' }, b: { not: { inAudience: 'self' } } }
    const issues = audienceIssues('self', { inAudience: 'a' }, saved)
    expect(issues).toEqual([expect.objectContaining({ code: 'circle' })])
    expect(issues[0]!.message).toContain('self → a → b → self')
    expect(codes({ inAudience: 'a' }, { a: { inAudience: 'a' } })).toEqual([])
  })

  test('cannot go deeper or grow larger than one question may, nor lift another that far', () => {
    const chain: Record<string, Condition> = { a1: GOLD }
    for (let n = 2; n <= 20; n += 1) chain[`a${n}`] = { inAudience: `a${n - 1}` }
    expect(codes({ inAudience: 'a19' }, chain)).toEqual([])
    expect(codes({ inAudience: 'a20' }, chain)).toEqual([' too-large'])
    const lifted = audienceIssues('a1', { inAudience: 'ground' }, { ...chain, ground: GOLD })
    expect(lifted[0]!.message).toContain('"a20"')
    const wide: Record<string, Condition> = { many: { all: Array.from({ length: 390 }, () => GOLD) } }
    const times = (n: number) => ({ any: Array.from({ length: n }, () => ({ inAudience: 'many' })) })
    expect(codes(times(2), wide)).toEqual([])
    expect(codes(times(3), wide)).toEqual([' too-large'])
  })
})

describe('saved audiences that cannot be asked', () => {
  test('are those in a circle and those that stand on one, whatever their order', () => {
    const saved: Record<string, Condition> = {
      above: { any: [GOLD, { inAudience: 'a' }] },
      a: { any: [GOLD, { inAudience: 'b' }] },
      b: { not: { inAudience: 'a' } },
      self: { not: { inAudience: 'self' } },
      fine: { any: [{ inAudience: 'gold' }, { inAudience: 'nobody' }] },
      gold: GOLD,
    }
    const backwards = Object.fromEntries(Object.entries(saved).toReversed())
    for (const each of [saved, backwards])
      expect(Object.keys(soundAudiences(each)).toSorted()).toEqual(['fine', 'gold'])
  })
})
