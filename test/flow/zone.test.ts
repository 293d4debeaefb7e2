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

test('the clock is right at every moment, before and after it changes, whatever was asked before', () => {
  const zones = [
    'Europe/Madrid',
    'America/Los_Angeles',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'Africa/Casablanca',
  ]
  const shown = (instant: number, timeZone: string) =>
    new Date(instant).toLocaleString('sv-SE', { timeZone }).replace(' ', 'T')
  const aroundChanges = [
    '2026-03-29T01:00:00Z',
    '2026-10-25T01:00:00Z',
    '2026-04-04T15:00:00Z',
    '2026-03-08T10:00:00Z',
  ]
  const moments = aroundChanges.flatMap((change) =>
    [-86_400_000, -3_600_000, -1_000, 0, 1_000, 1_800_000, 86_400_000].map((ms) => at(change) + ms),
  )
  for (const zone of zones)
    for (const moment of [
      ...moments,
      ...moments.toReversed(),
      0,
      -86_400_001_000,
      at('1969-07-20T20:17:40Z'),
    ])
      expect(new Date(localClock(moment, zone)).toISOString().slice(0, 19)).toBe(shown(moment, zone))
})
