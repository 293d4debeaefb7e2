import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { comesAgain, lastRun, nextRun } from '../../flow/cron-runs.ts'
import { readCron, writeCron, type Cron } from '../../flow/cron.ts'
import { localClock } from '../../flow/zone.ts'
import { validate } from '../../flow/validate.ts'
import { catalogWith, winnerWith } from './winner.ts'

const MADRID = 'Europe/Madrid'
const MINUTE = 60_000

function cron(text: string): Cron {
  const read = readCron(text)
  if (typeof read === 'string') throw new Error(read)
  return read
}

/** The next runs in Madrid after an instant, as instants in UTC. */
function runs(text: string, after: string, count = 3): string[] {
  const found: string[] = []
  for (let at = nextRun(cron(text), MADRID, Date.parse(after)); at !== null && found.length < count;) {
    found.push(new Date(at).toISOString().replace(':00.000Z', ''))
    at = nextRun(cron(text), MADRID, at)
  }
  return found
}

describe('a schedule runs', () => {
  test.each([
    ['every Monday at nine', '0 9 * * 1', ['2026-11-23T08:00', '2026-11-30T08:00', '2026-12-07T08:00']],
    ['on weekdays by name', '30 8 * * mon-fri', ['2026-11-23T07:30', '2026-11-24T07:30', '2026-11-25T07:30']],
    [
      'every quarter of an hour',
      '*/15 * * * *',
      ['2026-11-21T12:15', '2026-11-21T12:30', '2026-11-21T12:45'],
    ],
    [
      'on the first of the quarter',
      '0 0 1 */3 *',
      ['2026-12-31T23:00', '2027-03-31T22:00', '2027-06-30T22:00'],
    ],
    [
      'on Sundays, which are 0 and 7',
      '0 12 * * 7',
      ['2026-11-22T11:00', '2026-11-29T11:00', '2026-12-06T11:00'],
    ],
    ['on a Friday the 13th', '0 9 13 * FRI', ['2027-08-13T07:00', '2028-10-13T07:00', '2029-04-13T07:00']],
    ['on leap days', '0 9 29 2 *', ['2028-02-29T08:00', '2032-02-29T08:00', '2036-02-29T08:00']],
  ])('%s: %s', (_, text, expected) => {
    expect(runs(text, '2026-11-21T12:00:00Z')).toEqual(expected)
  })

  test('an hour later on the night in spring that skips its time, and once on the night in autumn that has it twice', () => {
    expect(runs('30 2 * * *', '2027-03-27T12:00:00Z', 2)).toEqual(['2027-03-28T01:30', '2027-03-29T00:30'])
    expect(runs('30 2 * * *', '2027-10-30T12:00:00Z', 2)).toEqual(['2027-10-31T00:30', '2027-11-01T01:30'])
    expect(comesAgain(cron('30 2 * * *'), MADRID, Date.parse('2027-10-31T01:30:00Z'))).toBe(true)
    expect(comesAgain(cron('30 2 * * *'), MADRID, Date.parse('2027-10-31T00:30:00Z'))).toBe(false)
  })

  test('each hour that the clock shows when it runs every hour, also those of such nights', () => {
    expect(runs('0 * * * *', '2027-10-30T23:30:00Z', 4)).toEqual([
      '2027-10-31T00:00',
      '2027-10-31T01:00',
      '2027-10-31T02:00',
      '2027-10-31T03:00',
    ])
    expect(comesAgain(cron('0 * * * *'), MADRID, Date.parse('2027-10-31T01:00:00Z'))).toBe(false)
  })
})

const part = (from: number, to: number) =>
  fc.oneof(
    fc.constant('*'),
    fc.integer({ min: from, max: to }).map(String),
    fc.integer({ min: 2, max: 9 }).map((step) => `*/${step}`),
    fc
      .tuple(fc.integer({ min: from, max: to }), fc.integer({ min: from, max: to }))
      .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
  )
const anyCron = fc
  .tuple(part(0, 59), part(0, 23), part(1, 28), part(1, 12), part(0, 7))
  .map((all) => all.join(' '))
const anyInstant = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2030-01-01') })
const anyZone = fc.constantFrom('UTC', MADRID, 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu')

const anyMoment = fc.record({ text: anyCron, after: anyInstant, zone: anyZone })

test('whatever the schedule: the next run is the first minute whose clock fits', () => {
  fc.assert(
    fc.property(anyMoment, ({ text, after, zone }) => {
      const wanted = cron(text)
      const next = nextRun(wanted, zone, after) ?? Infinity
      expect(next).toBeGreaterThan(after)
      const until = Math.min(next, after + 120 * MINUTE)
      const missed: number[] = []
      for (let at = Math.ceil((after + 1) / MINUTE) * MINUTE; at < until; at += MINUTE)
        if (fits(wanted, localClock(at, zone)) && !comesAgain(wanted, zone, at)) missed.push(at)
      expect(missed).toEqual([])
      expect(nextRun(wanted, zone, next - 1)).toBe(next)
    }),
    { numRuns: 100 },
  )
})

test('whatever the schedule: looking back from a run finds it, and from just before it finds none since', () => {
  fc.assert(
    fc.property(anyMoment, ({ text, after, zone }) => {
      const next = nextRun(cron(text), zone, after) ?? Infinity
      fc.pre(next < after + 40 * 24 * 60 * MINUTE)
      expect(lastRun(cron(text), zone, { since: after, until: next })).toBe(next)
      expect(lastRun(cron(text), zone, { since: after, until: next - 1 })).toBe(null)
    }),
    { numRuns: 50 },
  )
})

test('whatever the schedule: written in numbers it is the same', () => {
  fc.assert(
    fc.property(anyCron, (text) => {
      expect(cron(writeCron(cron(text)))).toEqual(cron(text))
    }),
  )
})

function fits({ minutes, hours, days, months, weekdays }: Cron, clock: number): boolean {
  const at = new Date(clock)
  return (
    minutes.includes(at.getUTCMinutes()) &&
    hours.includes(at.getUTCHours()) &&
    days.includes(at.getUTCDate()) &&
    months.includes(at.getUTCMonth() + 1) &&
    weekdays.includes(at.getUTCDay())
  )
}

test.each([
  ['60 9 * * 1', 'The minute "60" is not between 0 and 59.'],
  ['0 24 * * *', 'The hour "24" is not between 0 and 23.'],
  ['0 9 0 * *', 'The day of the month "0" is not between 1 and 31.'],
  ['0 9 * 13 *', 'The month "13" is not between 1 and 12.'],
  ['0 9 * * funday', 'The day of the week "funday" is not between 0 and 7.'],
  ['*/0 9 * * *', 'The minute "*/0" is not written as cron has it, such as 1-5 or */15.'],
  ['0 17-9 * * *', 'The hour "17-9" runs backwards.'],
  ['0 9 31 2 *', 'No such day ever comes. Choose other days.'],
])('while drawing, %s is told as a fault: %s', (text, message) => {
  const on = { schedule: { cron: text, timeZone: MADRID }, audience: 'testers' }
  const document = winnerWith({ won: { kind: 'trigger', on, exits: { next: 'grand' } } })
  const faults = validate(document, catalogWith()).filter((one) => one.path.endsWith('schedule.cron'))
  expect(faults.map((one) => one.message)).toEqual([message])
})
