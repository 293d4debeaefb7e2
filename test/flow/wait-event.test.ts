import { describe, expect, test } from 'vitest'
import type { Condition } from '../../flow/conditions/schema.ts'
import { decide } from '../../flow/decide.ts'
import type { EventFact } from '../../flow/facts.ts'
import type { PlanNode } from '../../flow/plan.ts'
import { say } from '../../flow/words.ts'
import { eventWith, NOW } from './scene.ts'
import { HOUR, standing, type Standing } from './standing.ts'

const MINE: Condition = { field: 'event.order', op: 'eq', value: { ref: 'entry.data.prize.code' } }

function decided({ where = null, ...at }: Standing & { where?: Condition | null }) {
  const paid: PlanNode = {
    kind: 'wait',
    label: null,
    for: { by: 'event', event: 'Paid', where, timeoutMs: HOUR },
    exits: { happened: null, timeout: null },
  }
  return decide({ ...standing({ nodes: { paid }, ...at }), seq: 200 })
}

const outcomes = (at: Parameters<typeof decided>[0]) => decided(at).steps.map(({ outcome }) => outcome)
const paid = (seq: number, data = {}): EventFact => eventWith({ type: 'Paid', seq, data })
const rest = {
  code: 'wait-event',
  args: { event: 'Paid', ms: HOUR },
  awaits: { event: 'Paid', afterSeq: 200 },
}
const rested = { rest: { ...rest, until: NOW + HOUR }, dueAt: NOW + HOUR, arrivedAt: NOW }

test('who arrives rests until the event or the time-out, and notes what was received so far', () => {
  expect(decided({}).next).toEqual({ do: 'rest', dueAt: NOW + HOUR, rest: expect.objectContaining(rest) })
})

test('what was received before they arrived is not what they wait for', () => {
  expect(outcomes({ member: { events: [paid(200)] } })).toEqual(['resting'])
  expect(outcomes({ enrollment: rested, member: { events: [paid(200)] } })).toEqual([])
})

test('what is received afterwards is, whatever time it bears', () => {
  const late = { ...paid(201), at: NOW - 99 * HOUR }
  expect(outcomes({ enrollment: rested, member: { events: [late] } })).toEqual(['happened'])
})

test('the event of another type is not', () => {
  expect(outcomes({ enrollment: rested, member: { events: [eventWith({ seq: 201 })] } })).toEqual([])
})

test('time is up at its moment, not before', () => {
  expect(outcomes({ enrollment: rested, now: NOW + HOUR - 1 })).toEqual([])
  expect(outcomes({ enrollment: rested, now: NOW + HOUR })).toEqual(['timeout'])
})

test('an event that came in time wins, however late it is looked at', () => {
  const member = { events: [paid(201)] }
  expect(outcomes({ enrollment: rested, member, now: NOW + 9 * HOUR })).toEqual(['happened'])
})

describe('with a condition about the event', () => {
  test('one that does not match is passed over for good', () => {
    const member = { events: [paid(201, { order: 'OTHER' })] }
    const looked = decided({ where: MINE, enrollment: rested, member })
    expect(looked).toMatchObject({ steps: [], next: { rest: { awaits: { afterSeq: 200 } } } })
  })

  test('it reads the event under test, and the entry beside it', () => {
    const member = { events: [paid(201, { order: 'OTHER' }), paid(202, { order: 'BIKE-77' })] }
    expect(outcomes({ where: MINE, enrollment: rested, member })).toEqual(['happened'])
  })
})

test('a rest whose end was taken away keeps what it waits for, and ends from when they came', () => {
  const enrollment = {
    ...rested,
    dueAt: null,
    arrivedAt: NOW - HOUR / 2,
    rest: { ...rest, awaits: { event: 'Paid', afterSeq: 150 } },
  }
  expect(decided({ enrollment }).next).toMatchObject({ dueAt: NOW + HOUR / 2 })
  expect(outcomes({ enrollment, member: { events: [paid(151)] } })).toEqual(['happened'])
})

test('each way is told in words', () => {
  const told = (at: Parameters<typeof decided>[0]) => decided(at).steps.map(({ reason }) => say(reason))
  expect(told({})).toEqual(['Resting until 11:00 on 21 November: waiting for *Paid*.'])
  expect(told({ enrollment: rested, member: { events: [paid(201)] } })).toEqual(['*Paid* happened.'])
  expect(told({ enrollment: rested, now: NOW + HOUR })).toEqual(['No *Paid* came within 1 hour.'])
  expect(told({ where: MINE })).toEqual([
    'Resting until 11:00 on 21 November: waiting for a matching *Paid*.',
  ])
  const other = { events: [paid(201, { order: 'OTHER' })] }
  expect(told({ where: MINE, enrollment: rested, member: other, now: NOW + HOUR })).toEqual([
    'No matching *Paid* came within 1 hour.',
  ])
})
