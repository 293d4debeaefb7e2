import { expect, test } from 'vitest'
import { durationMs, offsetMs, sayDuration } from '../../flow/duration.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

test.each([
  ['PT48H', 48 * HOUR],
  ['P3D', 3 * DAY],
  ['P1W', 7 * DAY],
  ['P1M', 30 * DAY],
  ['P5Y', 1_825 * DAY],
  ['P1DT2H3M4S', DAY + 2 * HOUR + 184_000],
  ['PT0.5S', 500],
  ['PT1M', 60_000],
  ['P0D', 0],
])('%s is a duration', (text, ms) => {
  expect(durationMs(text)).toBe(ms)
})

test.each([
  '',
  'P',
  'PT',
  'P1',
  '1D',
  'P1DT',
  'P-1D',
  '-P1D',
  'p1d',
  'P1D ',
  'P1.5D',
  'P6Y',
  'PT1E9S',
  'P1H',
  'PT1D',
  'P1D\n',
])('%j is none', (text) => {
  expect(durationMs(text)).toBeUndefined()
})

test('an offset may point back', () => {
  expect(offsetMs('-P3D')).toBe(-3 * DAY)
  expect(offsetMs('P3D')).toBe(3 * DAY)
  expect(offsetMs('--P3D')).toBeUndefined()
})

test('a duration is told by its two largest units', () => {
  expect(sayDuration(2 * HOUR)).toBe('2 hours')
  expect(sayDuration(DAY + 12 * HOUR + 5)).toBe('1 day 12 hours')
  expect(sayDuration(0)).toBe('no time')
})
