import { describe, expect, test } from 'vitest'
import { decide } from '../../flow/decide.ts'
import { nextTime } from '../../flow/nodes/wait-until.ts'
import type { PlanNode, PlanWait } from '../../flow/plan.ts'
import { say } from '../../flow/words.ts'
import { NOW } from './scene.ts'
import { HOUR, standing, type Standing } from './standing.ts'

type Until = Extract<PlanWait, { by: 'until' }>

const NINE: Until = { by: 'until', time: '09:00', weekdays: null, zone: 'member' }
const at = (text: string) => Date.parse(text)

/** The instant at which the clock shows nine, or whatever is asked for, after this one. */
function next(after: string, of: Partial<Until> = {}, zone = 'Europe/Madrid'): string {
  return new Date(nextTime({ ...NINE, ...of }, at(after), zone)).toISOString()
}

describe('the next nine o’clock', () => {
  test.each([
    ['is today for who comes before it', '2026-11-21T05:00:00Z', '2026-11-21T08:00:00.000Z'],
    ['is now for who comes exactly then', '2026-11-21T08:00:00Z', '2026-11-21T08:00:00.000Z'],
    [
      'is that of today while the clock still shows it',
      '2026-11-21T08:00:59.999Z',
      '2026-11-21T08:00:00.000Z',
    ],
    ['is tomorrow for who comes a minute late', '2026-11-21T08:01:00Z', '2026-11-22T08:00:00.000Z'],
    [
      'is on the member’s day, which may have begun already',
      '2026-11-21T23:30:00Z',
      '2026-11-22T08:00:00.000Z',
    ],
  ])('%s', (_, after, expected) => {
    expect(next(after)).toBe(expected)
  })

  test.each([
    ['the day before the clocks go forward', '2026-03-28T09:00:00Z', '2026-03-29T07:00:00.000Z'],
    ['the day before the clocks go back', '2026-10-24T09:00:00Z', '2026-10-25T08:00:00.000Z'],
  ])('%s is nine on the new clock', (_, after, expected) => {
    expect(next(after)).toBe(expected)
  })

  test('is the same wall clock in each zone', () => {
    const zones = ['Asia/Kathmandu', 'America/St_Johns', 'Pacific/Kiritimati', 'Pacific/Apia']
    expect(zones.map((zone) => next('2026-11-21T12:00:00Z', {}, zone))).toEqual([
      '2026-11-22T03:15:00.000Z',
      '2026-11-21T12:30:00.000Z',
      '2026-11-21T19:00:00.000Z',
      '2026-11-21T20:00:00.000Z',
    ])
  })
})

test('a time that the clock skips is an hour later that night, and itself the next', () => {
  const half = { time: '02:30' }
  expect(next('2026-03-28T12:00:00Z', half)).toBe('2026-03-29T01:30:00.000Z')
  expect(next('2026-03-29T02:00:00Z', half)).toBe('2026-03-30T00:30:00.000Z')
})

test('of a time that the clock shows twice, the first is meant; who comes between the two waits a day', () => {
  const half = { time: '02:30' }
  expect(next('2026-10-24T12:00:00Z', half)).toBe('2026-10-25T00:30:00.000Z')
  expect(next('2026-10-25T01:00:00Z', half)).toBe('2026-10-26T01:30:00.000Z')
})

test('a day on which the clock skips midnight begins at one', () => {
  expect(next('2026-09-05T12:00:00Z', { time: '00:00' }, 'America/Santiago')).toBe('2026-09-06T04:00:00.000Z')
})

test.each([
  ['on Friday evening to Monday', '2026-11-20T18:00:00Z', [1], '2026-11-23T08:00:00.000Z'],
  ['on Monday at nine to that Monday', '2026-11-23T08:00:00Z', [1], '2026-11-23T08:00:00.000Z'],
  ['on Monday at ten to the Monday after', '2026-11-23T09:00:00Z', [1], '2026-11-30T08:00:00.000Z'],
  ['to the nearest of several weekdays', '2026-11-21T12:00:00Z', [2, 4], '2026-11-24T08:00:00.000Z'],
  ['to Sunday, when it is Sunday there already', '2026-11-21T23:30:00Z', [7], '2026-11-22T08:00:00.000Z'],
])('weekdays are those of the zone: %s', (_, ...[after, weekdays, expected]) => {
  expect(next(after, { weekdays })).toBe(expected)
})

const waiting = (zone: Until['zone'] = 'member'): Record<string, PlanNode> => ({
  pause: { kind: 'wait', label: null, for: { ...NINE, zone }, exits: { next: null } },
})
const decided = (given: Standing, zone?: Until['zone']) =>
  decide(standing({ nodes: waiting(zone), ...given }))
const told = (given: Standing, zone?: Until['zone']) =>
  decided(given, zone).steps.map(({ reason }) => say(reason))

describe('whose clock', () => {
  const homeless = { timeZone: null }

  test('the member’s, else the flow’s, else the workspace’s', () => {
    expect(told({})).toEqual(['Resting until 09:00 on 22 November in Madrid.'])
    expect(told({ member: homeless, settings: { timeZone: 'Asia/Tokyo' } })).toEqual([
      'Resting until 09:00 on 22 November in Tokyo.',
    ])
    expect(told({ member: homeless, workspace: { timeZone: 'America/New_York' } })).toEqual([
      'Resting until 09:00 on 21 November in New York.',
    ])
  })

  test('always the workspace’s, when the step says so', () => {
    const workspace = { timeZone: 'America/New_York' }
    expect(told({ workspace }, 'workspace')).toEqual(['Resting until 09:00 on 21 November in New York.'])
  })
})

describe('a rest', () => {
  const dueAt = at('2026-11-22T08:00:00Z')
  const rested = {
    arrivedAt: NOW,
    dueAt,
    rest: { code: 'wait', args: { zone: 'Europe/Madrid' }, until: dueAt },
  }

  test('that is looked at early goes on, untold', () => {
    expect(decided({ enrollment: rested, now: dueAt - 1 })).toMatchObject({ steps: [], next: { dueAt } })
  })

  test('ends at its moment', () => {
    expect(decided({ enrollment: rested, now: dueAt }).steps).toMatchObject([{ outcome: 'next' }])
  })

  test('of a member who moves ends at nine where they live now', () => {
    const tokyo = { member: { timeZone: 'Asia/Tokyo' }, enrollment: rested }
    expect(decided({ ...tokyo, now: NOW + HOUR }).next).toMatchObject({ dueAt: at('2026-11-22T00:00:00Z') })
    const ends = decided({ ...tokyo, now: at('2026-11-22T01:00:00Z') })
    expect(ends.steps).toMatchObject([{ outcome: 'next', reason: { code: 'waited' } }])
  })

  test('whose end was taken away is given one anew, from when they came', () => {
    const enrollment = { ...rested, arrivedAt: NOW - 24 * HOUR, dueAt: null }
    expect(decided({ enrollment }).steps).toMatchObject([{ outcome: 'next' }])
    expect(decided({ enrollment: { ...enrollment, arrivedAt: NOW } }).next).toMatchObject({ dueAt })
  })
})
