import { expect, test } from 'vitest'
import { quietUntil } from '../../flow/quiet-hours.ts'

const night = { from: '21:00', to: '08:00' }
const ask = (rule: Parameters<typeof quietUntil>[0], instant: string, zone = 'Europe/Madrid') => {
  const until = quietUntil(rule, { now: Date.parse(instant), zone, channel: 'email' })
  return until === null ? null : new Date(until).toISOString()
}

test.each([
  ['an hour before they begin', '2026-11-21T19:00:00Z', null],
  ['the moment they begin', '2026-11-21T20:00:00Z', '2026-11-22T07:00:00.000Z'],
  ['after midnight', '2026-11-22T02:00:00Z', '2026-11-22T07:00:00.000Z'],
  ['the moment they end', '2026-11-22T07:00:00Z', null],
])('quiet hours over midnight: %s', (_, instant, until) => {
  expect(ask(night, instant)).toBe(until)
})

test('the same instant is quiet in one zone and not in another', () => {
  expect(ask(night, '2026-11-21T22:00:00Z', 'Europe/Madrid')).not.toBeNull()
  expect(ask(night, '2026-11-21T22:00:00Z', 'America/Los_Angeles')).toBeNull()
})

test('a night belongs to the weekday it begins on', () => {
  const fridays = { ...night, weekdays: [5] }
  expect(ask(fridays, '2026-11-21T02:00:00Z')).toBe('2026-11-21T07:00:00.000Z')
  expect(ask(fridays, '2026-11-22T02:00:00Z')).toBeNull()
})

test('the night the clocks go forward ends at eight on the new clock', () => {
  expect(ask(night, '2026-03-28T23:00:00Z')).toBe('2026-03-29T06:00:00.000Z')
})

test('the night the clocks go back ends at eight on the new clock', () => {
  expect(ask(night, '2026-10-24T23:00:00Z')).toBe('2026-10-25T07:00:00.000Z')
})

test('quiet hours of other channels do not count', () => {
  expect(ask({ ...night, channels: ['sms'] }, '2026-11-22T02:00:00Z')).toBeNull()
})
