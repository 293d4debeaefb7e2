import { expect, test } from 'vitest'
import type { Exchange } from '../../activities/effects/webhook/exchange.ts'
import { callSettlement } from '../../activities/effects/webhook/settlement.ts'

const NOW = Date.parse('2026-11-21T10:00:00Z')
const REQUEST = {
  url: 'https://shop.example/hook',
  method: 'POST',
  headers: {},
  body: null,
  secret: null,
  timeoutMs: 5_000,
  store: [],
}

/** What the nth try comes to, from 1. */
function after(came: Exchange, nth = 1) {
  const call = { id: 1, enrollment: 2, member: 3, node: 'tell', attempt: nth - 1, created_at: new Date(NOW) }
  return callSettlement({ call, request: REQUEST }, came, NOW)
}

const answer = (status: number, retryAfter?: string): Exchange => ({ status, retryAfter, text: '' })

test.each([200, 201, 202, 204, 299])('%i is done', (status) => {
  expect(after(answer(status))).toMatchObject({ status: 'done', response: status, attempt: 1 })
})

test.each([400, 401, 404, 409, 410, 422])('%i is a refusal for good', (status) => {
  expect(after(answer(status))).toMatchObject({ status: 'failed', response: status, retryInMs: null })
})

test.each([301, 302, 303, 307, 308])('%i is not followed', (status) => {
  expect(after(answer(status))).toMatchObject({ status: 'failed', reason: { args: { why: 'redirect' } } })
})

test.each<[string, Exchange]>([
  ['500', answer(500)],
  ['503', answer(503)],
  ['429', answer(429)],
  ['a time-out', { fault: 'timeout' }],
  ['a lost connection', { fault: 'cut' }],
  ['a closed port', { fault: 'unreachable' }],
  ['a connection that cannot be encrypted', { fault: 'encryption' }],
])('%s is tried again five times, later and later, then given up', (_, came) => {
  const waits = [1, 2, 3, 4, 5, 6].map((nth) => after(came, nth).retryInMs)
  expect(waits).toEqual([1_000, 5_000, 30_000, 120_000, 600_000, null])
  expect(after(came, 6)).toMatchObject({ status: 'failed', reason: { args: { tries: 6 } } })
})

test('an address that must not be called is not tried again', () => {
  expect(after({ fault: 'address' })).toMatchObject({
    status: 'failed',
    reason: { args: { why: 'address' } },
  })
})

test('a try that our own process broke off counts against nobody', () => {
  expect(after({ fault: 'interrupted' }, 6)).toMatchObject({ status: 'pending', retryInMs: 1_000 })
})

test.each([
  ['20', 20_000],
  ['0', 1_000],
  ['Sat, 21 Nov 2026 10:01:00 GMT', 60_000],
  ['Sat, 21 Nov 2026 09:00:00 GMT', 1_000],
  ['99999999', 3_600_000],
  ['soon', 1_000],
  ['-5', 1_000],
])('when it asks to be called again after %j, it is: in %i ms', (retryAfter, ms) => {
  expect(after(answer(503, retryAfter)).retryInMs).toBe(ms)
})
