import { expect, test } from 'vitest'
import { instantOf, isZone, localClock, weekday } from '../../flow/zone.ts'

const at = (text: string) => Date.parse(text)
const clock = (text: string) => Date.parse(`${text}Z`)

test.each([
  ['Europe/Madrid', '2026-11-21T10:00:00Z', '2026-11-21T11:00:00'],
  ['America/Los_Angeles', '2026-07-01T03:30:00Z', '2026-06-30T20:30:00'],
  ['Asia/Kathmandu', '2026-01-01T00:00:00Z', '2026-01-01T05:45:00'],
])('the wall clock of %s at %s shows %s', (zone, instant, shown) => {
  expect(localClock(at(instant), zone)).toBe(clock(shown))
  expect(instantOf(clock(shown), zone)).toBe(at(instant))
})

test('a time that the clock skips in spring is moved later by the skipped hour', () => {
  expect(instantOf(clock('2026-03-29T02:30:00'), 'Europe/Madrid')).toBe(at('2026-03-29T01:30:00Z'))
})

test('of a time that the clock shows twice in autumn, the first is meant', () => {
  expect(instantOf(clock('2026-10-25T02:30:00'), 'Europe/Madrid')).toBe(at('2026-10-25T00:30:00Z'))
})

test('Monday is the first day of the week, Sunday the seventh', () => {
  expect([weekday(clock('2026-11-16T12:00:00')), weekday(clock('2026-11-22T12:00:00'))]).toEqual([1, 7])
})

test('a zone nobody knows is told from one that is', () => {
  const known = ['Europe/Madrid', 'UTC', 'Europe/Nowhere', '', '+02:00'].map(isZone)
  expect(known).toEqual([true, true, false, false, false])
})
