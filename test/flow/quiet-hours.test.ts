import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
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

describe('on the night the clocks change', () => {
  const spring = '2026-03-29T'
  const autumn = '2026-10-25T'

  test('hours that begin at a time that is skipped begin when the clock goes on', () => {
    const rule = { from: '02:30', to: '05:00' }
    expect(ask(rule, `${spring}00:59:59Z`)).toBeNull()
    expect(ask(rule, `${spring}01:29:59Z`)).toBeNull()
    expect(ask(rule, `${spring}01:30:00Z`)).toBe(`${spring}03:00:00.000Z`)
  })

  test('hours that end at a time that is skipped end an hour later by the new clock', () => {
    expect(ask({ from: '23:00', to: '02:30' }, `${spring}01:29:59Z`)).toBe(`${spring}01:30:00.000Z`)
    expect(ask({ from: '23:00', to: '02:30' }, `${spring}01:30:00Z`)).toBeNull()
  })

  test('hours inside the hour that is skipped do not happen', () => {
    const instants = ['00:30', '00:59', '01:00', '01:30'].map((time) => `${spring}${time}:00Z`)
    expect(instants.map((instant) => ask({ from: '02:00', to: '03:00' }, instant))).toEqual(
      Array(4).fill(null),
    )
  })

  test('hours that end at a time that is shown twice end at the first', () => {
    expect(ask({ from: '23:00', to: '02:30' }, `${autumn}00:29:59Z`)).toBe(`${autumn}00:30:00.000Z`)
    expect(ask({ from: '23:00', to: '02:30' }, `${autumn}01:15:00Z`)).toBeNull()
  })

  test('hours around both last an hour longer', () => {
    expect(ask(night, `${autumn}01:15:00Z`)).toBe(`${autumn}07:00:00.000Z`)
  })
})

test('a whole day of a weekday is quiet from its midnight to the next', () => {
  const sundays = { from: '00:00', to: '23:59', weekdays: [7] }
  expect(ask(sundays, '2026-11-21T22:59:59Z')).toBeNull()
  expect(ask(sundays, '2026-11-21T23:00:00Z')).toBe('2026-11-22T22:59:00.000Z')
})

test('whenever it is quiet, it is quiet until the end that is told, and not at that moment', () => {
  const times = ['00:00', '02:30', '08:00', '12:15', '23:59'] as const
  fc.assert(
    fc.property(
      fc.record({ from: fc.constantFrom(...times), to: fc.constantFrom(...times) }),
      fc.constantFrom('Europe/Madrid', 'America/Santiago', 'Australia/Lord_Howe', 'UTC'),
      fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true }),
      (rule, zone, date) => {
        fc.pre(rule.from !== rule.to)
        const until = ask(rule, date.toISOString(), zone)
        if (until === null) return
        const end = Date.parse(until)
        expect(end).toBeGreaterThan(date.getTime())
        expect(ask(rule, new Date(end - 1).toISOString(), zone)).toBe(until)
        expect(ask(rule, until, zone)).toBeNull()
      },
    ),
    { numRuns: 1_000 },
  )
})
