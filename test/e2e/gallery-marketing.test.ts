import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isoDay } from '../../flow/occurrence.ts'
import { localClock } from '../../flow/zone.ts'
import { ZONE } from './gallery/scaled.ts'
import { click, LONG, openStage, person, type Stage } from './gallery/stage.ts'

// The ready flows that advertise, from what starts them to the last mail. Mornings, evenings and the minute of the
// schedule are all the next full minute of the clock, so that waiting for it once serves every story.

const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE
/** A day of the welcome lasts so long, in seconds: what is compared with the voucher's end needs leeway. */
const WELCOME_DAY = 8

let stage: Stage
let cart: string
let winBack: string
let birthday: string
let welcome: string

beforeAll(async () => {
  stage = await openStage()
  const now = Date.now()
  const minute = Math.ceil((now + 10 * SECOND) / MINUTE) * MINUTE
  const lapsed = { attributes: { lastOrderAt: new Date(now - 200 * DAY).toISOString() } }
  const born = (shift: number) => ({ attributes: { birthday: bornOn(minute + shift * DAY) } })
  await stage.put(
    ...['wanda', 'will', 'wyn'].map((name) => person(name, lapsed)),
    ...['bea', 'ben'].map((name) => person(name, born(0))),
    person('bob', born(1)),
    ...['carla', 'carl', 'cora'].map((name) => person(name)),
  )
  winBack = await stage.perform('win-back', { day: 0.7, minute })
  birthday = await stage.perform('birthday', { day: 0.7, minute })
  cart = await stage.perform('abandoned-cart', { day: 20, minute })
  welcome = await stage.perform('welcome', { day: WELCOME_DAY, minute })
  const morning = Math.max(minute, Date.now() + 4 * WELCOME_DAY * SECOND)
  const voucher = new Date(morning + 2 * WELCOME_DAY * SECOND).toISOString()
  await stage.put(...NEWCOMERS.map((name) => person(name, joinedNow(voucher))))
  // Audiences are looked at each minute, and at once when the flow is published again.
  await stage.post(`/v1/flows/${welcome}/publish`, {})
}, LONG)

afterAll(() => stage?.close())

const NEWCOMERS = ['nora', 'nico', 'nele', 'neil', 'nina', 'noah', 'nell']

const joinedNow = (voucher: string) => ({
  attributes: { joinedAt: new Date().toISOString(), welcomeVoucherEndsAt: voucher },
})

/** A birth date whose birthday, where the members live, is the day of this instant. */
const bornOn = (instant: number) => `1988-${isoDay(localClock(instant, ZONE)).slice(5)}`

describe.concurrent('welcome', { timeout: LONG }, () => {
  const [buyer = '', ...idle] = NEWCOMERS

  test('whoever joins is welcomed, and whoever orders is remembered for it and written no more', async () => {
    const mail = await stage.mail(buyer, `Welcome, ${buyer}`)
    expect(mail.text).toContain('WELCOME10')
    await stage.stands(welcome, { member: buyer, node: 'first_order' })
    await stage.happens(buyer, 'OrderPlaced')
    expect((await stage.journey(welcome, buyer)).slice(-2)).toEqual(['first_order happened', 'ordered next'])
    expect(await stage.subjects(buyer)).toHaveLength(1)
    expect(await stage.get(`/v1/members/${buyer}`)).toMatchObject({ tags: ['ordered-in-welcome'] })
  })

  test('the others are shown favourites or the story, and reminded in the morning before the voucher ends', async () => {
    const ways = new Set<string>()
    for (const member of idle) {
      const [, , , , way = '', ...rest] = await stage.journey(welcome, member)
      const arm = way.replace('idea ', '')
      ways.add(arm)
      const shown = [`${arm} by email`, `${arm} next`]
      const reminded = [
        'ends_soon next',
        'morning next',
        'unused yes',
        'last_call by email',
        'last_call next',
      ]
      expect({ member, rest }).toEqual({ member, rest: arm === 'nothing' ? [] : [...shown, ...reminded] })
      const last = (await stage.subjects(member)).at(-1)
      expect(last).toBe(arm === 'nothing' ? `Welcome, ${member}` : 'Your 10 % end in two days')
    }
    expect([...ways].some((arm) => arm !== 'nothing')).toBe(true)
  })
})

describe.concurrent('abandoned cart', { timeout: LONG }, () => {
  const checksOut = (member: string, value: number) =>
    stage.happens(member, 'CheckoutStarted', {
      cart: {
        id: member,
        value,
        url: `https://shop.example/cart/${member}`,
        items: [{ name: 'Mug', quantity: 2 }],
      },
    })

  test('a cart is reminded of after an hour, and in the evening on another channel', async () => {
    await checksOut('carla', 89.9)
    const mail = await stage.mail('carla', 'Still thinking it over?')
    expect(await click(mail, 'Back to your cart')).toBe('https://shop.example/cart/carla')
    expect(await stage.journey(cart, 'carla')).toEqual([
      'checkout next',
      'hour next',
      'remind by email',
      'remind next',
      'half_day next',
      'evening next',
      'worth else',
      'once_more by SMS',
      'once_more next',
    ])
    const { content } = await stage.simulated('carla', 'sms')
    expect(content.text).toMatch(/^We kept your cart for you: .*\nReply STOP to opt out$/)
  })

  test('a large cart gets an offer instead', async () => {
    await checksOut('cora', 200)
    await stage.mail('cora', '10 % off what you picked')
    expect((await stage.journey(cart, 'cora')).slice(-3)).toEqual([
      'worth large',
      'offer by email',
      'offer next',
    ])
  })

  test('nobody is reminded of what they bought', async () => {
    await checksOut('carl', 89.9)
    await stage.stands(cart, { member: 'carl', node: 'half_day' })
    await stage.happens('carl', 'OrderPlaced')
    expect((await stage.journey(cart, 'carl')).at(-1)).toBe('half_day left')
    expect(await stage.subjects('carl')).toEqual(['Still thinking it over?'])
  })
})

describe.concurrent('win-back', { timeout: LONG }, () => {
  test('on its minute, those who have not ordered for long are written to; silence is left in peace', async () => {
    expect(await stage.journey(winBack, 'wanda')).toEqual([
      'monday next',
      'hello by email',
      'hello next',
      'week next',
      'interest else',
      'offer by email',
      'offer next',
      'fortnight next',
      'ask by email',
      'ask next',
      'answer next',
      'answered no',
      'dormant next',
    ])
    expect(await stage.get('/v1/members/wanda')).toMatchObject({ tags: ['dormant'] })
    const { items } = await stage.get(`/v1/flows/${winBack}/launches`)
    expect(items).toMatchObject([{ author: 'schedule', counts: { entered: 3, refused: {} } }])
  })

  test('who shows interest is shown more, and who says yes stays', async () => {
    await click(await stage.mail('will', 'It has been a while'), 'See what is new')
    await stage.mail('will', 'Picked for you')
    await click(await stage.mail('will', 'Shall we go on writing?'), 'Yes, keep writing')
    expect((await stage.journey(winBack, 'will')).at(-1)).toBe('answered yes')
    expect(await stage.get('/v1/members/will')).toMatchObject({ tags: [] })
  })

  test('an order is all it takes to be won back', async () => {
    await stage.stands(winBack, { member: 'wyn', node: 'week' })
    await stage.happens('wyn', 'OrderPlaced')
    expect((await stage.journey(winBack, 'wyn')).at(-1)).toBe('week left')
    expect(await stage.subjects('wyn')).toEqual(['It has been a while'])
  })
})

describe.concurrent('birthday', { timeout: LONG }, () => {
  test('a gift that is used is not spoken of again', async () => {
    await stage.mail('bea', '🎂 Happy birthday, bea')
    await stage.stands(birthday, { member: 'bea', node: 'used' })
    await stage.happens('bea', 'OrderPlaced', { order: { id: 'O-5', voucher: 'CANDLES' } })
    expect(await stage.journey(birthday, 'bea')).toEqual([
      'birthday next',
      'wish by email',
      'wish next',
      'used happened',
      'remember next',
    ])
  })

  test('an order without it changes nothing: the gift is reminded of', async () => {
    await stage.stands(birthday, { member: 'ben', node: 'used' })
    await stage.happens('ben', 'OrderPlaced', { order: { id: 'O-6' } })
    await stage.mail('ben', 'Your birthday gift ends in four days')
    expect((await stage.journey(birthday, 'ben')).at(-3)).toBe('used timeout')
  })

  test('whose birthday is tomorrow hears nothing today', async () => {
    await stage.mail('ben', '🎂 Happy birthday, ben')
    expect(await stage.subjects('bob')).toEqual([])
    expect((await stage.get(`/v1/flows/${birthday}/why?member=bob`)).enrollments).toEqual([])
  })
})
