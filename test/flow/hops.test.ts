import { expect, test } from 'vitest'
import { decideSend } from '../../flow/route.ts'
import type { Turn } from '../../flow/scene.ts'
import { NOW } from './scene.ts'
import { consentsTo, hopBy, HOUR, sendBy, standing, type Standing } from './standing.ts'

function turnOf(at: Standing): Turn {
  return decideSend('here', sendBy(at.route), standing(at))
}

const UNTIL_DELIVERED = { email: { until: 'delivered', fallbackAfterMs: 2 * HOUR } } as const
const clocked = (hops: Standing['enrollment'] & object, change: Standing = {}): Standing => ({
  route: { strategy: 'fixed', channels: ['email', 'sms'], hops: UNTIL_DELIVERED },
  enrollment: hops,
  ...change,
})

test('a hop that was accepted and has no clock takes next', () => {
  expect(turnOf({ enrollment: { hops: [hopBy('email')] } })).toMatchObject({ take: 'next' })
})

test('a clock runs from the hand-over until its length has passed', () => {
  expect(turnOf(clocked({ hops: [hopBy('email')] }))).toMatchObject({
    rest: { code: 'hop-clock', args: { channel: 'email', until: 'delivered' }, awaits: { receipt: true } },
    dueAt: NOW + HOUR,
  })
})

test('a clock that ran out leads to the next candidate, as the next hop', () => {
  const turn = turnOf(clocked({ hops: [hopBy('email')] }, { now: NOW + HOUR }))
  expect(turn).toMatchObject({
    send: [{ channel: 'sms', hop: 1 }],
    reason: { code: 'hop', args: { before: 'email', until: 'delivered' } },
  })
})

test.each([
  ['delivered', { deliveredAt: NOW }],
  ['read', { readAt: NOW }],
  ['clicked', { clickedAt: NOW }],
])('a hop that waits to be delivered and was %s takes next at once', (_, reached) => {
  expect(turnOf(clocked({ hops: [hopBy('email', reached)] }))).toMatchObject({ take: 'next' })
})

test('a click tells of reading; a delivery does not', () => {
  const route = {
    channels: ['telegram', 'sms'],
    hops: { telegram: { until: 'read', fallbackAfterMs: HOUR * 2 } },
  } as const
  const at = { route: { ...route, channels: [...route.channels] } }
  expect(turnOf({ ...at, enrollment: { hops: [hopBy('telegram', { clickedAt: NOW })] } })).toMatchObject({
    take: 'next',
  })
  expect(turnOf({ ...at, enrollment: { hops: [hopBy('telegram', { deliveredAt: NOW })] } })).toMatchObject({
    rest: { code: 'hop-clock' },
  })
})

test('no clock runs when no candidate remains', () => {
  expect(
    turnOf(clocked({ hops: [hopBy('email')] }, { member: { consents: consentsTo('email') } })),
  ).toMatchObject({ take: 'next' })
})

test('a candidate in quiet hours remains one: the clock runs, then the member rests until they end', () => {
  const workspace = { quietHours: { from: '10:00', to: '20:00', channels: ['sms' as const] } }
  expect(turnOf(clocked({ hops: [hopBy('email')] }, { workspace }))).toMatchObject({
    rest: { code: 'hop-clock' },
  })
  expect(turnOf(clocked({ hops: [hopBy('email')] }, { workspace, now: NOW + HOUR }))).toMatchObject({
    rest: { code: 'quiet-hours' },
    dueAt: Date.parse('2026-11-21T19:00:00Z'),
  })
})

test('a bounce leads to the next candidate before the clock has run out', () => {
  const bounced = hopBy('email', {
    status: 'failed',
    reason: { code: 'bounced', args: { channel: 'email', hard: true } },
  })
  expect(turnOf(clocked({ hops: [bounced] }))).toMatchObject({
    send: [{ channel: 'sms', hop: 1 }],
    reason: { code: 'hop', args: { before: 'email', why: { code: 'bounced' } } },
  })
})

test('an unknown outcome takes next without another hop', () => {
  expect(turnOf(clocked({ hops: [hopBy('email', { status: 'unknown', sentAt: null })] }))).toMatchObject({
    take: 'next',
    reason: { code: 'perhaps-sent' },
  })
})

test('a hop that came back when none remains has been accepted once, so it takes next', () => {
  const hops = [hopBy('email', { status: 'failed' })]
  expect(turnOf(clocked({ hops }, { member: { consents: consentsTo('email') } }))).toMatchObject({
    take: 'next',
  })
})

test('when every candidate was rejected, it takes the failed exit and tells the last reason', () => {
  const rejected = {
    status: 'failed',
    sentAt: null,
    reason: { code: 'rejected', args: { class: 'content' } },
  } as const
  const hops = [hopBy('email', rejected), hopBy('sms', { ...rejected, hop: 1 })]
  expect(turnOf(clocked({ hops }))).toMatchObject({
    take: 'failed',
    reason: { code: 'all-failed', args: { channel: 'sms', why: { code: 'rejected' } } },
  })
})

test('a hop whose retry is still to come rests until then; when it has come the member is carried on', () => {
  const retry = hopBy('email', {
    status: 'pending',
    sentAt: null,
    retryAt: NOW + 5_000,
    reason: { code: 'not-sent' },
  })
  expect(turnOf(clocked({ hops: [retry] }))).toMatchObject({ rest: { code: 'retry' }, dueAt: NOW + 5_000 })
  expect(turnOf(clocked({ hops: [retry] }, { now: NOW + 5_000 }))).toEqual({ carry: true })
})

test('a hop that waits for its grant while sending is switched off rests; one in flight does not', () => {
  const workspace = { sending: false }
  const pending = hopBy('email', { status: 'pending', sentAt: null })
  const sending = hopBy('email', { status: 'sending', sentAt: null })
  expect(turnOf(clocked({ hops: [pending] }, { workspace }))).toEqual({
    rest: { code: 'sending-off' },
    dueAt: null,
  })
  expect(turnOf(clocked({ hops: [sending] }, { workspace }))).toEqual({ carry: true })
})

test('a hop whose retry comes due in quiet hours rests until they end', () => {
  const workspace = { quietHours: { from: '10:00', to: '20:00' } }
  const retry = hopBy('email', { status: 'pending', sentAt: null, retryAt: NOW })
  expect(turnOf(clocked({ hops: [retry] }, { workspace }))).toMatchObject({
    rest: { code: 'quiet-hours' },
    dueAt: Date.parse('2026-11-21T19:00:00Z'),
  })
})

test('of two hops that wait, the one that may leave first wakes the member', () => {
  const soon = hopBy('email', { status: 'pending', sentAt: null, retryAt: NOW + HOUR })
  const later = hopBy('sms', { hop: 1, status: 'pending', sentAt: null, retryAt: NOW + 2 * HOUR })
  expect(turnOf({ route: { strategy: 'all' }, enrollment: { hops: [later, soon] } })).toMatchObject({
    dueAt: NOW + HOUR,
  })
})
