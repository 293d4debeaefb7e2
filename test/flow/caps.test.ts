import { expect, test } from 'vitest'
import type { FrequencyCap, MemberFacts } from '../../flow/facts.ts'
import { fullCap } from '../../flow/caps.ts'

const HOUR = 3_600_000
const now = Date.parse('2026-11-21T10:00:00Z')
const sends = (...hoursAgo: number[]): MemberFacts['sends'] =>
  hoursAgo.map((hours) => ({ at: now - hours * HOUR, channel: 'email', topic: 'news' }))
const daily: FrequencyCap = { max: 3, per: 'day', window: 'calendar' }

function until(caps: FrequencyCap[], past: MemberFacts['sends'], zone = 'Europe/Madrid') {
  const full = fullCap(caps, past, { channel: 'email', topic: 'news', now, zone })
  return full && new Date(full.until).toISOString()
}

test('a cap with room holds nobody back', () => {
  expect(until([daily], sends(1, 2))).toBeNull()
})

test('a full daily cap holds until midnight on the member’s clock', () => {
  expect(until([daily], sends(1, 2, 3))).toBe('2026-11-21T23:00:00.000Z')
})

test('what was sent before midnight on the member’s clock does not count for today', () => {
  expect(until([daily], sends(1, 2, 12))).toBeNull()
})

test('a rolling cap has room again when the oldest of the last ones leaves its window', () => {
  expect(until([{ ...daily, window: 'rolling' }], sends(1, 5, 20))).toBe('2026-11-21T14:00:00.000Z')
})

test('an overfull rolling cap waits until enough have left its window', () => {
  expect(until([{ max: 1, per: 'day', window: 'rolling' }], sends(1, 5, 20))).toBe('2026-11-22T09:00:00.000Z')
})

test('weeks begin on Monday, months on the 1st', () => {
  expect(until([{ ...daily, per: 'week' }], sends(1, 2, 3))).toBe('2026-11-22T23:00:00.000Z')
  expect(until([{ ...daily, per: 'month' }], sends(1, 2, 3))).toBe('2026-11-30T23:00:00.000Z')
})

test('a cap on a channel or a topic counts only those', () => {
  const other = sends(1, 2, 3).map((send) => ({ ...send, channel: 'sms' as const, topic: 'offers' }))
  expect(until([{ ...daily, channel: 'email' }], other)).toBeNull()
  expect(until([{ ...daily, topic: 'news' }], other)).toBeNull()
  expect(until([{ ...daily, channel: 'sms' }], other)).toBeNull()
})

test('of several full caps the one that holds longest counts', () => {
  expect(until([daily, { ...daily, per: 'month' }], sends(1, 2, 3))).toBe('2026-11-30T23:00:00.000Z')
})
