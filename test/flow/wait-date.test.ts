import { describe, expect, test } from 'vitest'
import { decide } from '../../flow/decide.ts'
import type { PlanWait } from '../../flow/plan.ts'
import { say } from '../../flow/words.ts'
import { NOW } from './scene.ts'
import { HOUR, standing, type Standing } from './standing.ts'

const DAY = 24 * HOUR
type DateWait = Extract<PlanWait, { by: 'date' }>

function decided(renewal: unknown, { of = {}, ...at }: Standing & { of?: Partial<DateWait> } = {}) {
  const wait: DateWait = { by: 'date', attribute: 'member.renewal', offsetMs: 0, ...of }
  const nodes = { pause: { kind: 'wait' as const, label: null, for: wait, exits: { next: null } } }
  return decide(standing({ nodes, member: { attributes: { renewal } }, ...at }))
}

/** When the wait ends, or the code with which it did not begin. */
function end(...given: Parameters<typeof decided>): string | undefined {
  const { next, steps } = decided(...given)
  if (next.do !== 'rest') return steps[0]?.reason.code
  return next.dueAt === null ? undefined : new Date(next.dueAt).toISOString()
}

test.each([
  ['a date is its midnight on the member’s clock', '2026-12-01', '2026-11-30T23:00:00.000Z'],
  ['also on the other side of a change of clocks', '2027-07-01', '2027-06-30T22:00:00.000Z'],
  ['an instant is what it says', '2026-12-01T10:00:00+05:00', '2026-12-01T05:00:00.000Z'],
])('%s', (_, renewal, expected) => {
  expect(end(renewal)).toBe(expected)
})

test.each([
  [-2 * DAY, '2026-11-28T23:00:00.000Z'],
  [9 * HOUR, '2026-12-01T08:00:00.000Z'],
])('an offset of %d ms counts from it', (offsetMs, expected) => {
  expect(end('2026-12-01', { of: { offsetMs } })).toBe(expected)
})

test('its name may be written with or without "member."', () => {
  const member = { attributes: { car: { renewal: '2026-12-01' } } }
  const ends = ['car.renewal', 'member.car.renewal'].map((attribute) =>
    end(null, { of: { attribute }, member }),
  )
  expect(ends).toEqual(Array(2).fill('2026-11-30T23:00:00.000Z'))
})

test.each([undefined, null, '', 'soon', '2026-02-30', '2026-12-01T10:00', 20261201, ['2026-12-01'], {}])(
  'who has %j for a date goes on at once',
  (renewal) => {
    expect(end(renewal)).toBe('date-missing')
  },
)

test('a date that has passed is not waited for', () => {
  expect(end('2026-11-20')).toBe('date-passed')
  expect(end('2026-11-22', { of: { offsetMs: -2 * DAY } })).toBe('date-passed')
})

test('a date further away than anybody lives is stored as a day that can be', () => {
  expect(end('9999-12-31', { of: { offsetMs: 1_825 * DAY } })).toBe('9999-12-31T00:00:00.000Z')
})

describe('a rest', () => {
  const dueAt = Date.parse('2026-11-30T23:00:00Z')
  const rest = {
    code: 'wait',
    args: { attribute: 'renewal', zone: 'Europe/Madrid' },
    awaits: { attributes: true } as const,
    until: dueAt,
  }
  const enrollment = { rest, dueAt, arrivedAt: NOW }

  test('awaits a change of the date', () => {
    expect(decided('2026-12-01').next).toMatchObject({ rest })
  })

  test('goes on untold while the date stands', () => {
    expect(decided('2026-12-01', { enrollment, now: NOW + HOUR })).toMatchObject({
      steps: [],
      next: { dueAt },
    })
  })

  test.each([
    ['is put off with it', '2026-12-24', '2026-12-23T23:00:00.000Z'],
    ['is brought forward with it', '2026-11-25', '2026-11-24T23:00:00.000Z'],
    ['ends when the date is taken away', null, 'date-missing'],
    ['ends when the date is now one that had passed', '2026-11-01', 'date-passed'],
  ])('%s', (_, renewal, expected) => {
    expect(end(renewal, { enrollment, now: NOW + HOUR })).toBe(expected)
  })

  test('ends at its moment', () => {
    expect(end('2026-12-01', { enrollment, now: dueAt })).toBe('waited')
    expect(end('2026-12-01', { enrollment, now: dueAt - 1 })).toBe('2026-11-30T23:00:00.000Z')
  })

  test('of a member who moves ends at midnight where they live now', () => {
    const member = { attributes: { renewal: '2026-12-01' }, timeZone: 'Asia/Tokyo' }
    expect(end(null, { enrollment, member })).toBe('2026-11-30T15:00:00.000Z')
  })
})

test('what happened is told with the name of the date', () => {
  const told = [undefined, '2026-11-20', '2026-12-01'].map((renewal) => {
    const [step] = decided(renewal).steps
    return step && say(step.reason)
  })
  expect(told).toEqual([
    'Not waited: there is no date in *renewal*.',
    'Not waited: 00:00 on 20 November in Madrid, which *renewal* leads to, had passed.',
    'Resting until 00:00 on 1 December in Madrid.',
  ])
})
