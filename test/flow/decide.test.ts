import { expect, test } from 'vitest'
import { decide } from '../../flow/decide.ts'
import type { Decision } from '../../flow/decision.ts'
import type { PlanNode } from '../../flow/plan.ts'
import { eventWith, NOW } from './scene.ts'
import { hopBy, HOUR, sendBy, standing, type Standing } from './standing.ts'

const START: PlanNode = {
  kind: 'trigger',
  label: null,
  on: { by: 'event', event: 'Won', where: null },
  exits: { next: 'grand' },
}
const GRAND: PlanNode = {
  kind: 'audience',
  label: 'Grand',
  where: { field: 'event.prize.tier', op: 'eq', value: 'grand' },
  exits: { next: 'pause' },
}
const PAUSE: PlanNode = {
  kind: 'wait',
  label: null,
  for: { by: 'duration', ms: HOUR },
  exits: { next: 'gold' },
}
const GOLD: PlanNode = {
  kind: 'condition',
  label: null,
  if: { field: 'member.tier', op: 'eq', value: 'gold' },
  exits: { yes: 'here', no: null },
}
const NODES = { start: START, grand: GRAND, pause: PAUSE, gold: GOLD, here: sendBy() }

const decided = (at: Standing): Decision => decide(standing({ nodes: NODES, ...at }))
const trace = ({ steps }: Decision): string[] =>
  steps.map((step) => `${step.node} ${step.outcome} ${step.reason.code}`)
const moved = ({ moves }: Decision): string[] => moves.map((move) => `${move.node} ${move.what}`)
const RESTED = { node: 'pause', rest: { code: 'wait' }, dueAt: NOW, arrivedAt: NOW - HOUR } as const
const GOLDEN = { attributes: { tier: 'gold' } }

test('one decision goes through every step up to a rest', () => {
  const decision = decided({})
  expect(trace(decision)).toEqual(['start next entered', 'grand next in-audience', 'pause resting wait'])
  expect(decision).toMatchObject({ node: 'pause', moved: true, next: { do: 'rest', dueAt: NOW + HOUR } })
})

test('every movement is counted once, so that sums balance', () => {
  expect(moved(decided({}))).toEqual(['start >next', 'grand in', 'grand >next', 'pause in'])
  expect(moved(decided({ enrollment: RESTED }))).toEqual(['pause >next', 'gold in', 'gold >no'])
})

test('who is in no audience leaves there, with what they lacked', () => {
  const entry = { id: 'e', type: 'Won', at: NOW, data: { prize: { tier: 'silver' } } }
  const decision = decided({ enrollment: { entry } })
  expect(decision.next).toMatchObject({
    do: 'end',
    reason: { code: 'not-in-audience', args: { label: 'Grand' } },
  })
  expect(moved(decision)).toEqual(['start >next', 'grand in', 'grand left'])
})

test('a wait that is over goes on to the effect that follows', () => {
  const decision = decided({ enrollment: RESTED, member: GOLDEN })
  expect(trace(decision)).toEqual(['pause next waited', 'gold yes condition', 'here sent hop'])
  expect(decision).toMatchObject({ node: 'here', next: { do: 'send', hops: [{ channel: 'email' }] } })
})

test('a wait that is looked at early stays, and is not told a second time', () => {
  const decision = decided({ enrollment: { ...RESTED, dueAt: NOW + 1 } })
  expect(decision).toMatchObject({ steps: [], moves: [], moved: false, next: { do: 'rest', dueAt: NOW + 1 } })
})

test('an exit that leads nowhere ends the journey with the last step told', () => {
  const decision = decided({ enrollment: RESTED })
  expect(trace(decision)).toEqual(['pause next waited', 'gold no condition'])
  expect(decision.next).toEqual({ do: 'end', reason: { code: 'end' } })
})

test('an act on the flow or the member ends the journey before anything else', () => {
  const mark = { code: 'flow-stopped' }
  const decision = decided({ enrollment: { ...RESTED, mark }, member: GOLDEN })
  expect(trace(decision)).toEqual(['pause left flow-stopped'])
  expect(decision.next).toEqual({ do: 'end', reason: mark })
})

test('an erased member leaves', () => {
  expect(decided({ member: { erased: true } }).next).toEqual({ do: 'end', reason: { code: 'erased' } })
})

test('exit criteria that are true at a decision end the journey there', () => {
  const exitWhen = { event: 'AccountClosed', count: { op: '>=', n: 1 }, since: 'entry' } as const
  const closed = { events: [eventWith({ type: 'AccountClosed' })] }
  const stays = { events: [eventWith({ type: 'AccountClosed', seq: 99 })] }
  expect(trace(decided({ settings: { exitWhen }, member: closed }))).toEqual(['start left exit-criteria'])
  expect(trace(decided({ settings: { exitWhen }, member: stays }))).toHaveLength(3)
})

test('a message in flight keeps the member where they are', () => {
  const hops = [hopBy('email', { status: 'sending', sentAt: null })]
  expect(decided({ enrollment: { node: 'here', hops } })).toMatchObject({
    steps: [],
    moves: [],
    next: { do: 'carry' },
  })
})

test('a send that cannot be made takes the failed exit, with every refusal', () => {
  const nodes = {
    here: sendBy({ channels: ['email', 'sms'] }, { failed: 'gold' }),
    gold: { ...GOLD, exits: { yes: null, no: null } },
  }
  const decision = decided({ nodes, member: { consents: [] } })
  expect(trace(decision)).toEqual(['here failed unreachable', 'gold no condition'])
  expect(decision.steps[0]?.candidates?.map((one) => one.refused?.code)).toEqual(['no-consent', 'no-consent'])
})

test('a member at a step that the version does not have leaves, with the step’s name', () => {
  expect(decided({ enrollment: { node: 'gone' } }).next).toEqual({
    do: 'end',
    reason: { code: 'node-gone', args: { node: 'gone' } },
  })
})

test('the same facts at the same time give the same decision, and are left as they were', () => {
  const scene = standing({ nodes: NODES, enrollment: RESTED, member: GOLDEN })
  const before = structuredClone(scene)
  expect(decide(scene)).toEqual(decide(scene))
  expect(scene).toEqual(before)
})
