import type { Channel } from '../../../flow/channels/channel.ts'
import { demoConsents } from './consents.ts'
import { draw, drawWeighted, drawWhole } from './draw.ts'
import { home } from './places.ts'

const DAY = 86_400_000

/** How many there are beside the three of examples/members.json. */
const COUNT = 1_997
/** The last few join while one looks: within the last hours. */
const NEWCOMERS = 12
const TESTERS = 5

export type DemoMember = ReturnType<typeof demoMember>

/**
 * Invented members that differ in all that flows look at; `.example` addresses reach nobody. Always the same people; how
 * long ago things happened counts back from `now`.
 */
export function demoMembers(now: number): { settled: DemoMember[]; newcomers: DemoMember[] } {
  const everybody = Array.from({ length: COUNT }, (_, n) => demoMember(n, now))
  return { settled: everybody.slice(0, -NEWCOMERS), newcomers: everybody.slice(-NEWCOMERS) }
}

function demoMember(n: number, now: number) {
  const { firstName, lastName, locale, timeZone, region, dial } = home(n)
  const tester = n < TESTERS
  const joined = Math.round(now - (daysInside(n) + draw(n, 'hour') / 4) * DAY)
  const reach = tester ? 'both' : drawWeighted(n, 'reach', REACH)
  const address = {
    ...((reach === 'both' || reach === 'email') && { email: emailOf(n, `${firstName}.${lastName}`) }),
    ...((reach === 'both' || reach === 'phone') && { phone: phoneOf(n, dial) }),
  }
  const channels = [
    ...(address.email === undefined ? [] : (['email'] as const)),
    ...(address.phone === undefined ? [] : (['whatsapp', 'sms'] as const)),
  ]
  return {
    externalId: demoId(n),
    ...address,
    locale,
    timeZone,
    attributes: {
      ...(n % 50 !== 49 && { name: firstName, lastName }),
      ...birthdayOf(n),
      ...ordersOf(n, joined, now),
      region,
      joinedAt: new Date(joined).toISOString(),
      ...(joined > now - 14 * DAY && { welcomeVoucherEndsAt: dateOf(joined + 14 * DAY) }),
      tester,
    },
    preferredChannels: [...drawWeighted(n, 'preferred', PREFERRED)],
    consents: demoConsents({ n, channels, joined, now, tester }),
  }
}

const REACH = [
  ['both', 58],
  ['email', 29],
  ['phone', 11],
  ['nothing', 2],
] as const

const PREFERRED: readonly (readonly [readonly Channel[], number])[] = [
  [[], 26],
  [['email'], 34],
  [['whatsapp', 'email'], 16],
  [['sms'], 10],
  [['email', 'sms'], 8],
  [['push', 'email'], 3],
  [['telegram'], 3],
]

function daysInside(n: number): number {
  if (n >= COUNT - NEWCOMERS) return 0
  return draw(n, 'recent') < 0.03 ? drawWhole(n, 'days', [1, 13]) : drawWhole(n, 'days', [14, 1_400])
}

/** One in a hundred does not exist, as the simulator will say when it is tried. */
function emailOf(n: number, name: string): string {
  const plain = name
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/[^a-z.]/g, '')
  return `${plain}.${n + 1}${n % 100 === 77 ? '+sim-invalid-address' : ''}@members.example`
}

function phoneOf(n: number, dial: string): string {
  return n % 100 === 33 ? '+15005550001' : `${dial}${String(n).padStart(4, '0')}`
}

/** Four in five told theirs; twenty were born on 29 February. */
function birthdayOf(n: number): { birthday?: string } {
  if (n % 97 === 5) return { birthday: `${drawWhole(n, 'leap', [13, 25]) * 4 + 1900}-02-29` }
  if (draw(n, 'birthday') > 0.8) return {}
  const year = drawWhole(n, 'year', [1948, 2006])
  return { birthday: dateOf(Date.UTC(year, 0, 1) + drawWhole(n, 'day of year', [0, 364]) * DAY) }
}

/** A third has never ordered; of the others half did so lately, and some not for years. */
function ordersOf(n: number, joined: number, now: number) {
  const ago = drawWeighted(n, 'last order', LAST_ORDER)
  const at = ago && now - (ago[0] + draw(n, 'order') * (ago[1] - ago[0])) * DAY
  if (at === null || at < joined) return { orders: 0 }
  const orders = drawWhole(n, 'orders', [1, 24])
  const tier = orders > 20 ? 'gold' : orders > 12 ? 'silver' : 'bronze'
  return { orders, tier, lastOrderAt: new Date(Math.round(at)).toISOString() }
}

/** From so many days ago to so many. */
const LAST_ORDER: readonly (readonly [readonly [number, number] | null, number])[] = [
  [null, 22],
  [[0, 14], 12],
  [[14, 90], 32],
  [[90, 400], 34],
]

function dateOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10)
}

export function demoId(n: number): string {
  return `demo-${String(n + 1).padStart(4, '0')}`
}
