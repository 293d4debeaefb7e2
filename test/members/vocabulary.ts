import fc from 'fast-check'

/** Few words, shared by what is stored and what is asked, so that questions meet answers. */
export const NOW = Date.parse('2026-11-21T10:00:00Z')
const DAY = 86_400_000

export const KEYS = ['a', 'b', "it's", 'constructor', '0', 'tags', 'at', 'email'] as const
export const TYPES = ['Won', 'Lost', "d'or", 'constructor'] as const
export const LISTS = ['vip', 'staff', 'constructor'] as const
export const TOPICS = ['prizes', 'news', '*'] as const
export const AUDIENCES = [
  'spanish',
  'nested',
  'random',
  'circle-a',
  'circle-b',
  'on-circle',
  'nobody',
] as const
export const FLOWS = ['flw_1', 'flw_2', 'flw_3', 'msg_1', 'no flow'] as const

const WORDS = ['', 'x', 'xy', 'Z', 'é', '🎉', '｡', "it's", '"', '\\', '%', 'true', '1', 'null', 'es']
const NUMBERS = [-2, 0, 1, 2, 0.1, 0.1 + 0.2, 1e21, 1e308, -1e308, 5e-324, 2 ** 53, 1.2345678901234567e19]
const INSTANTS = [
  '2026-11-21',
  '2026-11-21T10:00:00Z',
  '2026-11-21T12:00+02:00',
  '2026-11-14T10:00:00.000Z',
  '2026-11-14T09:59:59.999Z',
  '2026-11-28T09:59:59.999999999Z',
  '2026-11-28T10:00:00.001Z',
  '2024-02-29',
  '1969-07-20T20:17:40.5Z',
  '9999-12-31',
]
const NEARLY = [
  '2026-02-29',
  '0000-02-29',
  '0012-13-01',
  '2026-11-21T10:00',
  '2026-11-20T24:00Z',
  '2026-11-21T10:00:60Z',
  '2026-11-21T10:00:00+16:00',
  '2026-11-21 10:00:00Z',
  '2026-11-21\n',
  '20261121',
]
const DURATIONS = ['P7D', 'PT1H', 'P0D', 'P1Y', 'PT0.001S']
const NO_DURATIONS = ['P', 'PT', 'P6Y', '7 days', '-P7D']

export const text = fc.constantFrom(...WORDS)
export const number = fc.constantFrom(...NUMBERS)
export const instant = fc.constantFrom(...INSTANTS)
export const duration = fc.constantFrom(...DURATIONS)
export const scalar = fc.oneof(text, number, fc.boolean())
export const storedText = fc.constantFrom(...WORDS, ...INSTANTS, ...NEARLY, ...DURATIONS, ...NO_DURATIONS)
/** To the microsecond, as PostgreSQL keeps it: around now, and on the edges of every span. */
export const happened = fc.oneof(
  fc.constantFrom(0, -7 * DAY, -3_600_000, -365 * DAY, 7 * DAY).map((ms) => new Date(NOW + ms).toISOString()),
  fc.tuple(fc.integer({ min: -10 * DAY, max: DAY }), fc.nat({ max: 999 })).map(([ms, us]) => {
    return new Date(NOW + ms).toISOString().replace('Z', `${String(us).padStart(3, '0')}Z`)
  }),
)
