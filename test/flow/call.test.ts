import { expect, test } from 'vitest'
import { answered } from '../../flow/call.ts'
import { decide } from '../../flow/decide.ts'
import type { CallFact } from '../../flow/facts.ts'
import type { PlanNode, PlanRequest } from '../../flow/plan.ts'
import { say } from '../../flow/words.ts'
import { NOW } from './scene.ts'
import { standing, type Standing } from './standing.ts'

const REQUEST: PlanRequest = {
  url: 'https://shop.example:8443/hook?token=hush',
  method: 'POST',
  headers: {},
  body: null,
  secret: null,
  timeoutMs: 10_000,
  store: [],
}
const NODES: Record<string, PlanNode> = {
  tell: { kind: 'webhook', label: null, request: REQUEST, exits: { next: null, failed: null } },
}

function told(call: Partial<CallFact> | null, change: Standing & { paused?: boolean } = {}) {
  const calls = call
    ? [{ node: 'tell', status: 'pending' as const, retryAt: null, reason: null, ...call }]
    : []
  const { paused = false, ...rest } = change
  const scene = standing({ nodes: NODES, enrollment: { node: 'tell', calls, ...rest.enrollment }, ...rest })
  const { next, steps } = decide({ ...scene, paused })
  return { next, words: steps.map(({ outcome, reason }) => `${outcome}: ${say(reason)}`) }
}

const FAILED = { code: 'call-failed', args: { host: 'shop.example:8443', why: 'status', status: 503 } }

test('a member who comes to a webhook has it called, told by its host and nothing of its address beyond', () => {
  expect(told(null)).toEqual({ next: { do: 'call' }, words: ['sent: Calling shop.example:8443.'] })
})

test.each<[string, Partial<CallFact>]>([
  ['waits to be made', {}],
  ['is under way', { status: 'calling' }],
  ['is due for its next try', { retryAt: NOW, reason: FAILED }],
])('while a call %s its member is carried', (_, call) => {
  expect(told(call)).toEqual({ next: { do: 'carry' }, words: [] })
})

test('between two tries the member rests, and is told why', () => {
  const { next, words } = told({ retryAt: NOW + 5_000, reason: FAILED })
  expect(next).toMatchObject({ do: 'rest', dueAt: NOW + 5_000, rest: { code: 'retry' } })
  expect(words).toEqual([
    'resting: Resting until 10:00 on 21 November: shop.example:8443 is called again (it answered 503).',
  ])
})

test('an answer takes the member on; a call that has failed takes them the other way', () => {
  expect(told({ status: 'done', reason: answered(REQUEST, 201) }).words).toEqual([
    'next: Called shop.example:8443: it answered 201.',
  ])
  const reason = { ...FAILED, args: { ...FAILED.args, tries: 6 } }
  expect(told({ status: 'failed', reason }).words).toEqual([
    'failed: Failed to call shop.example:8443: it answered 503 (tried 6 times).',
  ])
})

test('while the flow is paused no call is begun, and one under way is waited for', () => {
  expect(told(null, { paused: true }).next).toMatchObject({ do: 'rest', rest: { code: 'paused' } })
  expect(told({ retryAt: NOW }, { paused: true }).next).toMatchObject({
    do: 'rest',
    rest: { code: 'paused' },
  })
  expect(told({ status: 'calling' }, { paused: true }).next).toEqual({ do: 'carry' })
})

test.each([
  ['timeout', { ms: 10_000 }, 'it gave no whole answer within 10 seconds'],
  ['redirect', { status: 302 }, 'it answered 302, a redirect, and none is followed'],
  ['address', {}, 'it is in a network that must not be called'],
  ['unreachable', {}, 'it could not be reached'],
  ['cut', {}, 'the connection was lost before its answer was complete'],
  ['secret', { secret: 'shop' }, 'the secret *shop* is missing or cannot be opened'],
  ['body', { fault: 'no value for member.name in body' }, 'could not be filled for this member'],
])('a failure by %s says what happened', (why, facts, words) => {
  expect(say({ code: 'call-failed', args: { host: 'shop.example', why, ...facts } })).toContain(words)
})

test('what an answer did not give is told with it', () => {
  const lost = (facts: object) => say(answered(REQUEST, 200, { ...facts }))
  expect(lost({ lost: 'too-large' })).toMatch(
    /answered 200, but nothing was stored: .* longer than 64 KiB\.$/,
  )
  expect(lost({ unset: ['journey.score'] })).toMatch(/but with nothing to store for \*journey\.score\*\.$/)
})

test('every sentence of a call still reads as one after an erasure took its facts', () => {
  const bare = ['call', 'called', 'call-failed'].map((code) => say({ code }))
  expect(bare).toEqual([
    'Calling the other system.',
    'Called the other system: it answered yes.',
    'Failed to call the other system: it did not work out.',
  ])
})
