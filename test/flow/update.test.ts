import { describe, expect, test } from 'vitest'
import type { Condition } from '../../flow/conditions/schema.ts'
import { decide } from '../../flow/decide.ts'
import type { PlanNode, PlanUpdate } from '../../flow/plan.ts'
import { say } from '../../flow/words.ts'
import { consentsTo, sendBy, standing, type Standing } from './standing.ts'
import { memberWith, NOW } from './scene.ts'
import { changed } from '../../flow/change.ts'

const NOTHING: PlanUpdate = { set: [], addTags: [], removeTags: [], consent: null }

function decided(
  update: Partial<PlanUpdate>,
  { behind = {}, ...at }: Standing & { behind?: Record<string, PlanNode> } = {},
) {
  const [following = null] = Object.keys(behind)
  const change = { ...NOTHING, ...update }
  const nodes = {
    note: { kind: 'update' as const, label: null, change, exits: { next: following } },
    ...behind,
  }
  return decide(standing({ nodes, ...at }))
}

/** The member's attributes after it. */
type Values = Record<string, PlanUpdate['set'][number]['value']>
type Attributes = Record<string, unknown>

function after(set: Values, attributes: Attributes = {}) {
  const values = Object.entries(set).map(([path, value]) => ({ path, value }))
  const [change] = decided({ set: values }, { member: { attributes } }).changes
  return change && changed(memberWith({ attributes }), change, NOW).attributes
}

describe('attributes', () => {
  test.each<[string, Values, Attributes, Attributes]>([
    ['are set', { 'member.tier': 'gold' }, {}, { tier: 'gold' }],
    ['replace what was there', { 'member.tier': 'gold' }, { tier: 1, age: 40 }, { tier: 'gold', age: 40 }],
    [
      'are set inside others',
      { 'member.car.colour': 'red' },
      { car: { doors: 4 } },
      { car: { doors: 4, colour: 'red' } },
    ],
    ['make room where there is none', { 'member.a.b.c': 1 }, { a: 'text' }, { a: { b: { c: 1 } } }],
    [
      'are set in lists',
      { 'member.pets.1.name': 'Rex' },
      { pets: [1, { age: 2 }] },
      { pets: [1, { age: 2, name: 'Rex' }] },
    ],
    ['are cleared by null', { 'member.tier': null }, { tier: 'gold', age: 40 }, { age: 40 }],
    ['are cleared inside others', { 'member.car.colour': null }, { car: { colour: 'red' } }, { car: {} }],
    ['that are not there are not made to be cleared', { 'member.a.b': null }, {}, {}],
    ['may be lists', { 'member.sizes': ['S', 1, true] }, {}, { sizes: ['S', 1, true] }],
  ])('%s', (_, ...[set, before, expected]) => {
    expect(after(set, before)).toEqual(expected)
  })

  test.each([
    ['the entry', 'entry.data.prize.code', 'BIKE-77'],
    ['the event', 'event.prize', { tier: 'grand', code: 'BIKE-77' }],
    ['the member', 'member.locale', 'es'],
    ['another attribute', 'member.age', 40],
  ])('are copied from %s', (_, ref, expected) => {
    expect(after({ 'member.copy': { ref } }, { age: 40 })).toEqual({ age: 40, copy: expected })
  })

  test('are copied from what a webhook answered', () => {
    const set = [{ path: 'member.score', value: { ref: 'journey.score' } }]
    const [change] = decided({ set }, { enrollment: { journey: { score: 7 } } }).changes
    expect(change?.set).toEqual([{ keys: ['score'], value: 7 }])
  })

  test('change places when each is copied from the other', () => {
    const set = { 'member.a': { ref: 'member.b' }, 'member.b': { ref: 'member.a' } }
    expect(after(set, { a: 1, b: 2 })).toEqual({ a: 2, b: 1 })
  })

  test('stay as they were where there is nothing to copy', () => {
    expect(after({ 'member.tier': { ref: 'event.nothing' }, 'member.seen': true }, { tier: 'gold' })).toEqual(
      {
        tier: 'gold',
        seen: true,
      },
    )
  })

  test('stay as they were when all together would be too large; tags are still set', () => {
    const member = { attributes: { essay: 'x'.repeat(200_000) } }
    const set = [{ path: 'member.more', value: { ref: 'member.essay' } }]
    expect(decided({ set, addTags: ['vip'] }, { member }).changes).toEqual([{ ...NOTHING, addTags: ['vip'] }])
  })
})

test('tags are added once, and removed', () => {
  const member = memberWith({ tags: ['new', 'vip'] })
  const [change] = decided({ addTags: ['vip', 'gold'], removeTags: ['new', 'gone'] }).changes
  expect(change && changed(member, change, NOW).tags).toEqual(['vip', 'gold'])
})

describe('what follows in the same decision sees it', () => {
  test('a condition', () => {
    const gold: PlanNode = {
      kind: 'condition',
      label: null,
      if: { field: 'member.tier', op: 'eq', value: 'gold' },
      exits: { yes: null, no: null },
    }
    const { steps } = decided({ set: [{ path: 'member.tier', value: 'gold' }] }, { behind: { gold } })
    expect(steps.at(-1)).toMatchObject({ node: 'gold', outcome: 'yes' })
  })

  test('the exit criteria', () => {
    const exitWhen: Condition = { field: 'member.tags', op: 'hasAny', value: ['done'] }
    const { next } = decided({ addTags: ['done'] }, { behind: { here: sendBy() }, settings: { exitWhen } })
    expect(next).toMatchObject({ do: 'end', reason: { code: 'exit-criteria' } })
  })

  test('a send that was not allowed before, and is now; and the other way round', () => {
    const consent = { topic: 'prizes', channel: 'email', wording: 'Yes.' } as const
    const behind = { here: sendBy({ channels: ['email'] }) }
    const granted = decided(
      { consent: { ...consent, state: 'granted' } },
      { behind, member: { consents: [] } },
    )
    expect(granted.next).toMatchObject({ do: 'send' })
    const member = { consents: consentsTo('email') }
    const revoked = decided({ consent: { ...consent, state: 'revoked' } }, { behind, member })
    expect(revoked.steps.at(-1)).toMatchObject({ outcome: 'failed', reason: { code: 'unreachable' } })
  })
})

test('the consent of a member of a test run says where it comes from', () => {
  const consent = { topic: 'prizes', channel: 'email', state: 'granted', wording: 'Yes.' } as const
  const sources = [false, true].map(
    (test) => decided({ consent }, { enrollment: { test } }).changes[0]?.consent,
  )
  expect(sources).toMatchObject([{ source: 'flow' }, { source: 'test run' }])
})

test('a step tells what it changed and what it left, not the values', () => {
  const update: Partial<PlanUpdate> = {
    set: [
      { path: 'member.tier', value: 'gold' },
      { path: 'member.trial', value: null },
      { path: 'member.code', value: { ref: 'event.nothing' } },
    ],
    addTags: ['vip'],
    removeTags: ['new'],
    consent: { topic: 'prizes', channel: 'email', state: 'granted', wording: 'Yes.' },
  }
  const [step] = decided(update).steps
  expect(step && say(step.reason)).toBe(
    'Set *tier*, cleared *trial*, added the tag *vip*, removed the tag *new*, recorded the consent for *prizes* by email as granted. *code* stays as it was: there was no value for it.',
  )
})

test('a step that could change nothing says so', () => {
  const [step] = decided({ set: [{ path: 'member.code', value: { ref: 'event.nothing' } }] }).steps
  expect(step && say(step.reason)).toBe(
    'Nothing was changed. *code* stays as it was: there was no value for it.',
  )
})
