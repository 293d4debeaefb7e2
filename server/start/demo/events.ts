import { drawOne, drawWhole } from './draw.ts'
import { demoId, type DemoMember } from './members.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

interface DemoEvent {
  id: string
  type: string
  member: string
  at: string
  data: Record<string, unknown>
}

/** What happened in the last two weeks, before any flow was live: a story for timelines, conditions and dry runs. */
export function demoHistory(members: readonly DemoMember[], now: number): DemoEvent[] {
  const orders = members.flatMap(({ attributes: { lastOrderAt = '' } }, n) =>
    Date.parse(lastOrderAt) > now - 14 * DAY ? order(`D-${10_000 + n}`, n, Date.parse(lastOrderAt)) : [],
  )
  const others = STORIES.flatMap(({ times, tell }) =>
    Array.from({ length: times }, (_, k) => tell(k, now)).flat(),
  )
  return [...orders, ...others].filter(({ at }) => Date.parse(at) <= now)
}

/** What happens once the first flows are live: games won, orders placed, some of them shipped. */
export function demoToday(now: number): DemoEvent[] {
  const wins = Array.from({ length: 12 }, (_, k) => win(`demo-win-${k + 1}`, k * 3, now))
  const orders = Array.from({ length: 15 }, (_, k) => order(`D-${20_000 + k}`, k * 7 + 2, now))
  const shipped = orders.flatMap((story, k) => story.slice(0, k % 3 === 0 ? 2 : 1))
  return [...wins, ...shipped].map((one) => ({ ...one, at: new Date(now).toISOString() }))
}

interface Story {
  times: number
  tell(k: number, now: number): DemoEvent[]
}

/** Some come to nothing, so that timelines tell of both. */
const STORIES: Story[] = [
  { times: 60, tell: winStory },
  { times: 48, tell: cartStory },
  { times: 30, tell: signUpStory },
  { times: 20, tell: incidentStory },
  { times: 4, tell: cancelStory },
  { times: 3, tell: closingStory },
]

function winStory(k: number, now: number): DemoEvent[] {
  const n = k * 31 + 8
  const at = now - drawWhole(n, 'won', [24, 300]) * HOUR
  const redeemed = { n, at: at + 20 * HOUR, data: { code: `WON-${n}` } }
  const won = win(`demo-past-win-${k + 1}`, n, at)
  return k % 3 === 0 ? [won] : [won, event(`demo-redeemed-${k + 1}`, 'PrizeRedeemed', redeemed)]
}

function win(id: string, n: number, at: number): DemoEvent {
  const small = n % 9 === 6
  const prize = { name: small ? 'Mug' : 'Bicycle', code: `WON-${n}`, tier: small ? 'small' : 'grand' }
  return event(id, 'CampaignGameWon', { n, at, data: { prize } })
}

function cartStory(k: number, now: number): DemoEvent[] {
  const n = k * 37 + 11
  const at = now - drawWhole(n, 'checkout', [2, 300]) * HOUR
  const id = `C-${2000 + n}`
  const value = drawWhole(n, 'cart', [12, 220]) + 0.9
  const cart = { id, value, currency: 'EUR', url: `https://shop.example/cart/${id}`, items: goods(n) }
  const started = event(`demo-checkout-${k + 1}`, 'CheckoutStarted', { n, at, data: { cart } })
  return k % 6 === 0
    ? [started, event(`demo-emptied-${k + 1}`, 'CartEmptied', { n, at: at + HOUR })]
    : [started]
}

function signUpStory(k: number, now: number): DemoEvent[] {
  const n = k * 61 + 4
  const at = now - drawWhole(n, 'signed up', [3, 300]) * HOUR
  const signUp = `S-${3000 + k}`
  const data = { signUp, form: 'footer', confirmUrl: `https://shop.example/confirm/${signUp}` }
  const signed = event(`demo-sign-up-${k + 1}`, 'SignedUp', { n, at, data })
  const confirmed = { n, at: at + HOUR, data: { signUp } }
  return k % 3 === 0 ? [signed] : [signed, event(`demo-confirmed-${k + 1}`, 'OptInConfirmed', confirmed)]
}

function incidentStory(k: number, now: number): DemoEvent[] {
  const over = { n: k * 17 + 6, at: now - 9 * DAY, data: { incident: { id: 'INC-57' } } }
  return [event(`demo-incident-${k + 1}`, 'IncidentResolved', over)]
}

function cancelStory(k: number, now: number): DemoEvent[] {
  const n = k * 211 + 97
  const at = now - drawWhole(n, 'cancelled', [40, 300]) * HOUR
  const id = `D-${15_000 + k}`
  const [placed] = order(id, n, at)
  const cancelled = { n, at: at + 2 * HOUR, data: { order: { id } } }
  return [placed, event(`${id}-cancelled`, 'OrderCancelled', cancelled)]
}

function closingStory(k: number, now: number): DemoEvent[] {
  return [event(`demo-closed-${k + 1}`, 'AccountClosed', { n: k * 503 + 401, at: now - k * DAY })]
}

/** Placed, shipped a day later, delivered after two more. */
function order(id: string, n: number, placed: number): [DemoEvent, DemoEvent, DemoEvent] {
  const voucher = n % 5 === 3 && { voucher: 'WELCOME10' }
  const placedOrder = { id, total: `€${drawWhole(n, 'total', [14, 160])}.90`, items: goods(n), ...voucher }
  const same = { order: { id } }
  return [
    event(`${id}-placed`, 'OrderPlaced', { n, at: placed, data: { order: placedOrder } }),
    event(`${id}-shipped`, 'OrderShipped', { n, at: placed + DAY, data: same }),
    event(`${id}-delivered`, 'OrderDelivered', { n, at: placed + 3 * DAY, data: same }),
  ]
}

const GOODS = ['Espresso cups', 'Hand grinder', 'House roast 1 kg', 'Filter papers', 'Milk jug', 'Travel mug']
const EXTRAS = ['Coffee soap', 'Cantuccini', 'Gift card']

function goods(n: number) {
  return [
    { name: drawOne(n, 'first thing', GOODS), quantity: drawWhole(n, 'how many', [1, 3]) },
    { name: drawOne(n, 'second thing', EXTRAS), quantity: 1 },
  ]
}

interface Happening {
  /** Whom it happened to. */
  n: number
  at: number
  data?: Record<string, unknown>
}

function event(id: string, type: string, { n, at, data = {} }: Happening): DemoEvent {
  return { id, type, member: demoId(n), at: new Date(at).toISOString(), data }
}
