import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  dateKeys,
  dayOf,
  daysBetween,
  isoDay,
  nextOccurrence,
  occurrenceOn,
  type DateRule,
} from '../../flow/occurrence.ts'

const MADRID = 'Europe/Madrid'
const DAY = 86_400_000
const AT_NINE: DateRule = { offsetMs: 0, at: '09:00', repeat: 'yearly' }

/** The next moments of a date, as instants in UTC. */
function moments(
  date: string,
  of: { after: string; rule?: Partial<DateRule>; zone?: string; count?: number },
): string[] {
  const { after, rule = {}, zone = MADRID, count = 2 } = of
  const found: string[] = []
  let at = Date.parse(after)
  while (found.length < count) {
    const next = nextOccurrence({ ...AT_NINE, ...rule }, { day: Date.parse(date), zone, after: at })
    if (!next) break
    found.push(new Date(next.at).toISOString().slice(0, 16))
    at = next.at
  }
  return found
}

describe('a date makes a member enter', () => {
  test('each year on their birthday, at the time of their clock', () => {
    expect(moments('1990-07-03', { after: '2026-11-21T12:00:00Z' })).toEqual([
      '2027-07-03T07:00',
      '2028-07-03T07:00',
    ])
  })

  test('for the first time in the year it names', () => {
    expect(moments('2029-02-01', { after: '2026-11-21T12:00:00Z' })).toEqual([
      '2029-02-01T08:00',
      '2030-02-01T08:00',
    ])
  })

  test('once when it does not repeat, and never when it has passed', () => {
    const once = { repeat: 'never' } as const
    expect(moments('2027-02-01', { after: '2026-11-21T12:00:00Z', rule: once })).toEqual(['2027-02-01T08:00'])
    expect(moments('2026-02-01', { after: '2026-11-21T12:00:00Z', rule: once })).toEqual([])
  })

  test('on 28 February when they were born on the 29th and the year has none', () => {
    expect(moments('1992-02-29', { after: '2026-11-21T12:00:00Z', count: 3 })).toEqual([
      '2027-02-28T08:00',
      '2028-02-29T08:00',
      '2029-02-28T08:00',
    ])
  })

  test('some days before or after it, also across the turn of the year', () => {
    const before = { offsetMs: -7 * DAY }
    expect(moments('1990-01-03', { after: '2026-12-20T12:00:00Z', rule: before, count: 1 })).toEqual([
      '2026-12-27T08:00',
    ])
    const after = { offsetMs: 30 * DAY }
    expect(moments('1990-12-15', { after: '2026-12-20T12:00:00Z', rule: after, count: 1 })).toEqual([
      '2027-01-14T08:00',
    ])
  })

  test('at the same time of day on both sides of a night when clocks change', () => {
    const before = { offsetMs: -1 * DAY }
    expect(moments('2027-03-28', { after: '2027-03-01T00:00:00Z', rule: before, count: 1 })).toEqual([
      '2027-03-27T08:00',
    ])
    expect(
      moments('2027-03-27', { after: '2027-03-01T00:00:00Z', rule: { offsetMs: DAY }, count: 1 }),
    ).toEqual(['2027-03-28T07:00'])
  })

  test('an hour later when the clock skips the time', () => {
    expect(moments('2027-03-28', { after: '2027-03-01T00:00:00Z', rule: { at: '02:30' }, count: 1 })).toEqual(
      ['2027-03-28T01:30'],
    )
  })
})

describe('the day an attribute names', () => {
  test.each([
    ['a date', '1990-07-03', '1990-07-03'],
    ['the day of an instant on the member’s clock', '2027-03-01T23:30:00Z', '2027-03-02'],
    ['no day that does not exist', '2027-02-30', null],
    ['nothing that is no date', 'soon', null],
    ['nothing that is missing', undefined, null],
  ])('is %s', (_, value, day) => {
    const found = dayOf({ dates: { birthday: value } }, 'dates.birthday', MADRID)
    expect(found === undefined ? null : isoDay(found)).toBe(day)
  })
})

test('an attribute is named with or without *member.* in front', () => {
  expect([dateKeys('birthday'), dateKeys('member.dates.birthday')]).toEqual([
    ['birthday'],
    ['dates', 'birthday'],
  ])
})

const anyDay = fc.integer({ min: -25_000, max: 25_000 }).map((n) => n * DAY)
const anyInstant = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2035-01-01') })
const anyZone = fc.constantFrom('UTC', MADRID, 'America/New_York', 'Pacific/Kiritimati', 'Pacific/Pago_Pago')
const anyRule = fc.record({
  offsetMs: fc.integer({ min: -800, max: 800 }).map((days) => days * DAY),
  at: fc.constantFrom('00:00', '02:30', '09:00', '23:59'),
  repeat: fc.constantFrom('yearly' as const, 'never' as const),
})

const anyQuestion = fc.record({ rule: anyRule, day: anyDay, zone: anyZone, after: anyInstant })

test('whatever the date: the next moment is the first one after now, on a day it returns', () => {
  fc.assert(
    fc.property(anyQuestion, ({ rule, day, zone, after }) => {
      const next = nextOccurrence(rule, { day, zone, after })
      fc.pre(next !== null)
      expect(next.at).toBeGreaterThan(after)
      expect(next.day).toBeGreaterThanOrEqual(day)
      const [returned, own] = [isoDay(next.day).slice(-5), isoDay(day).slice(-5)]
      expect(returned).toBe(own === '02-29' && returned === '02-28' ? '02-28' : own)
      expect(nextOccurrence(rule, { day, zone, after: next.at - 1 })).toEqual(next)
      expect(daysBetween(rule, next.at - 1, next.at)).toContain(next.day)
      expect(occurrenceOn(rule, { day, zone, on: next.day })).toBe(next.at)
      expect(occurrenceOn(rule, { day, zone, on: next.day + DAY })).toBe(null)
      const before = nextOccurrence(rule, { day, zone, after: next.at - 367 * DAY })
      expect(before?.at).toBeLessThanOrEqual(next.day > day ? after : next.at)
    }),
    { numRuns: 1_000 },
  )
})

test('a date without return has a next moment only before it has come', () => {
  fc.assert(
    fc.property(anyQuestion, ({ rule, day, zone, after }) => {
      const once = { ...rule, repeat: 'never' } as const
      const only = nextOccurrence(once, { day, zone, after: -Infinity })
      expect(nextOccurrence(once, { day, zone, after })).toEqual(only && only.at > after ? only : null)
    }),
  )
})
