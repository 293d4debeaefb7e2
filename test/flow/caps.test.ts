import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FrequencyCap, MemberFacts } from '../../flow/facts.ts'
import { capLookBack, fullCap } from '../../flow/caps.ts'

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

const at = (text: string) => Date.parse(text)
/** When there is room again for one who asks at `now`, having been sent to at these times. */
function roomAt(
  cap: Partial<FrequencyCap>,
  { now, zone }: { now: string; zone: string },
  sent: string,
): string | null {
  const past = [{ at: at(sent), channel: 'email' as const, topic: 'news' }]
  const question = { channel: 'email' as const, topic: 'news', now: at(now), zone }
  const full = fullCap([{ ...daily, max: 1, ...cap }], past, question)
  return full && new Date(full.until).toISOString()
}

test.each([
  [
    'the clocks go forward: a day of 23 hours',
    '2026-03-29T10:00:00Z',
    '2026-03-28T23:00:00Z',
    '2026-03-29T22:00:00.000Z',
  ],
  [
    'the clocks go back: a day of 25 hours',
    '2026-10-25T10:00:00Z',
    '2026-10-24T22:00:00Z',
    '2026-10-25T23:00:00.000Z',
  ],
])(
  'on the day %s, the whole day counts, and the next begins at its own midnight',
  (_, ...[now, first, next]) => {
    expect(roomAt({}, { now: now, zone: 'Europe/Madrid' }, first)).toBe(next)
    expect(roomAt({}, { now: now, zone: 'Europe/Madrid' }, new Date(at(first) - 1).toISOString())).toBeNull()
  },
)

test('a day whose midnight the clock skips begins when the clock does', () => {
  const zone = 'America/Santiago'
  expect(roomAt({}, { now: '2026-09-06T12:00:00Z', zone: zone }, '2026-09-06T04:00:00Z')).toBe(
    '2026-09-07T03:00:00.000Z',
  )
  expect(roomAt({}, { now: '2026-09-06T12:00:00Z', zone: zone }, '2026-09-06T03:59:59Z')).toBeNull()
})

test.each([
  ['31 January', '2027-01-31T12:00:00Z', '2027-01-01T00:00:00Z', '2027-02-01T00:00:00.000Z'],
  ['28 February', '2027-02-28T12:00:00Z', '2027-02-01T00:00:00Z', '2027-03-01T00:00:00.000Z'],
  ['29 February', '2028-02-29T12:00:00Z', '2028-02-01T00:00:00Z', '2028-03-01T00:00:00.000Z'],
  ['31 December', '2026-12-31T23:59:59Z', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00.000Z'],
])('a calendar month is as long as it is: on %s all of it counts', (_, ...[now, first, next]) => {
  expect(roomAt({ per: 'month' }, { now: now, zone: 'UTC' }, first)).toBe(next)
  expect(
    roomAt({ per: 'month' }, { now: now, zone: 'UTC' }, new Date(at(first) - 1).toISOString()),
  ).toBeNull()
})

test('the month that has begun for the member counts, not the one that has not ended elsewhere', () => {
  const [now, sent] = ['2026-11-30T12:00:00Z', '2026-11-30T09:00:00Z']
  expect(roomAt({ per: 'month' }, { now: now, zone: 'Pacific/Kiritimati' }, sent)).toBeNull()
  expect(roomAt({ per: 'month' }, { now: now, zone: 'UTC' }, sent)).toBe('2026-12-01T00:00:00.000Z')
})

test('a week with a change of clocks still goes from Monday to Monday', () => {
  expect(
    roomAt({ per: 'week' }, { now: '2026-03-29T12:00:00Z', zone: 'Europe/Madrid' }, '2026-03-22T23:00:00Z'),
  ).toBe('2026-03-29T22:00:00.000Z')
})

test.each([
  ['day', '2026-03-29T21:59:59Z', '2026-03-29T22:00:00.000Z'],
  ['week', '2026-04-04T21:59:59Z', '2026-04-04T22:00:00.000Z'],
  ['month', '2026-04-27T21:59:59Z', '2026-04-27T22:00:00.000Z'],
] as const)('a rolling %s is as long as any, whatever the clocks do', (per, now, until) => {
  const cap = { per, window: 'rolling' as const }
  expect(roomAt(cap, { now: now, zone: 'Europe/Madrid' }, '2026-03-28T22:00:00Z')).toBe(until)
  expect(roomAt(cap, { now: until, zone: 'Europe/Madrid' }, '2026-03-28T22:00:00Z')).toBeNull()
})

test('what was sent in the future of a clock that is behind counts, too', () => {
  expect(roomAt({}, { now: '2026-11-21T10:00:00Z', zone: 'UTC' }, '2026-11-21T10:00:05Z')).not.toBeNull()
  expect(
    roomAt({ window: 'rolling' }, { now: '2026-11-21T10:00:00Z', zone: 'UTC' }, '2026-11-21T10:00:05Z'),
  ).not.toBeNull()
})

test('nothing that matters to a cap lies further back than it asks for', () => {
  fc.assert(
    fc.property(
      fc.record({
        per: fc.constantFrom<FrequencyCap['per']>('day', 'week', 'month'),
        window: fc.constantFrom<FrequencyCap['window']>('calendar', 'rolling'),
      }),
      fc.constantFrom('UTC', 'Europe/Madrid', 'America/Santiago', 'Pacific/Apia', 'Australia/Lord_Howe'),
      fc.date({ min: new Date('2026-01-01'), max: new Date('2029-01-01'), noInvalidDate: true }),
      (kind, zone, date) => {
        const cap = { max: 1, ...kind }
        const before = new Date(date.getTime() - capLookBack([cap])).toISOString()
        expect(roomAt(cap, { now: date.toISOString(), zone: zone }, before)).toBeNull()
      },
    ),
    { numRuns: 500 },
  )
})
