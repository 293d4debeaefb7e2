import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GALLERY } from '../../flow/gallery/gallery.ts'
import { openShop, type Shop } from './gallery/shop.ts'
import { click, LONG, openStage, person, type Stage } from './gallery/stage.ts'

// The ready flows that serve people rather than advertise, from their events to the mail that arrives.

let stage: Stage
let shop: Shop
let optIn: string
let incident: string
let orders: string

beforeAll(async () => {
  shop = await openShop()
  stage = await openStage()
  optIn = await stage.perform('double-opt-in', { day: 2 })
  // Three minutes to answer on the phone last six seconds; the two days until it is over never end here.
  incident = await stage.perform('incident-notice', { day: 2_880 })
  orders = await stage.perform('order-updates', { day: 2 }, ({ nodes: { care } }) => {
    if (care?.kind === 'webhook') care.request.url = shop.url
  })
}, LONG)

afterAll(async () => {
  await stage?.close()
  await shop?.close()
})

describe.concurrent('double opt-in', { timeout: LONG }, () => {
  const signsUp = (member: string) =>
    stage.happens(member, 'SignedUp', {
      signUp: `S-${member}`,
      confirmUrl: `https://shop.example/confirm/S-${member}`,
    })

  test('who presses the link is recorded as having agreed, in the words they agreed to, and thanked', async () => {
    await stage.put(person('dora', { consents: [] }))
    await signsUp('dora')
    const mail = await stage.mail('dora', 'Please confirm your address')
    expect(await click(mail, 'Yes, this is my address')).toBe('https://shop.example/confirm/S-dora')
    await stage.stands(optIn, { member: 'dora', node: 'confirmed' })
    await stage.happens('dora', 'OptInConfirmed', { signUp: 'S-dora' })
    await stage.mail('dora', 'You are in')
    expect(await stage.journey(optIn, 'dora')).toEqual([
      'signed_up next',
      'already no',
      'ask by email',
      'ask next',
      'confirmed happened',
      'grant next',
      'thanks by email',
      'thanks next',
    ])
    const { consents } = await stage.get('/v1/members/dora/export')
    expect(consents).toMatchObject([
      { topic: 'news', channel: 'email', state: 'granted', wording: expect.stringMatching(/^Yes, send me/) },
    ])
  })

  test('who does not press it is reminded once, and nothing is recorded but that it expired', async () => {
    await stage.put(person('dirk', { consents: [] }))
    await signsUp('dirk')
    expect((await stage.journey(optIn, 'dirk')).slice(-5)).toEqual([
      'remind by email',
      'remind next',
      'meanwhile no',
      'late timeout',
      'expired next',
    ])
    expect(await stage.subjects('dirk')).toEqual([
      'Please confirm your address',
      'Still want our newsletter?',
    ])
    expect(await stage.get('/v1/members/dirk')).toMatchObject({ consents: [], tags: ['opt-in-expired'] })
  })
})

describe.concurrent('incident notice', { timeout: LONG }, () => {
  test('a major incident is written, told by phone, followed to its end, and nobody’s business elsewhere', async () => {
    const { data } = GALLERY.find(({ key }) => key === 'incident-notice')!
    const eu = { attributes: { region: 'eu' } }
    await stage.put(person('ines', eu), person('ivan', eu), person('iris', { attributes: { region: 'us' } }))
    const launched = await stage.post(`/v1/flows/${incident}/launch`, {
      members: ['ines', 'ivan', 'iris'],
      data,
    })
    expect(launched.status).toBe(202)
    const over = (member: string) => stage.happens(member, 'IncidentResolved', { incident: { id: 'INC-58' } })

    const delivered = async (): Promise<void> => {
      const { id } = await stage.simulated('ines', 'whatsapp')
      await stage.post(`/v1/simulator/messages/${id}/deliver`, {})
      await stage.stands(incident, { member: 'ines', node: 'over' })
      await over('ines')
      await stage.mail('ines', 'Checkout works again')
      expect(await stage.journey(incident, 'ines')).toEqual([
        'launch next',
        'affected next',
        'details by email',
        'details next',
        'major yes',
        'alert by WhatsApp',
        'alert next',
        'passed no',
        'over happened',
        'all_clear by email',
        'all_clear next',
      ])
      expect(await stage.subjects('ines')).toEqual(['Checkout: we have a problem', 'Checkout works again'])
    }

    const called = async (): Promise<void> => {
      const { id, content } = await stage.simulated('ivan', 'sms') // WhatsApp was not delivered in time
      expect(content.text).toContain('Checkout is not working as it should')
      await stage.post(`/v1/simulator/messages/${id}/fail`, {})
      await stage.simulated('ivan', 'voice')
      await stage.stands(incident, { member: 'ivan', node: 'over' })
      await over('ivan')
      const alert = (await stage.journey(incident, 'ivan')).filter((step) => step.startsWith('alert'))
      expect(alert).toEqual(['alert by WhatsApp', 'alert by SMS', 'alert by voice call', 'alert next'])
    }

    const elsewhere = async (): Promise<void> => {
      expect(await stage.journey(incident, 'iris')).toEqual(['launch next', 'affected left'])
      expect(await stage.subjects('iris')).toEqual([])
    }
    await Promise.all([delivered(), called(), elsewhere()])
  })
})

describe.concurrent('order updates', { timeout: LONG }, () => {
  const order = (id: string) => ({
    order: { id, total: '€64.90', items: [{ name: 'Espresso cups', quantity: 2 }] },
  })

  test('an order is confirmed, told to be on its way, and told to be here', async () => {
    await stage.put(person('olga'))
    await stage.happens('olga', 'OrderPlaced', order('O-1'))
    const mail = await stage.mail('olga', 'Your order O-1')
    expect(mail.text).toContain('Espresso cups')
    await stage.stands(orders, { member: 'olga', node: 'shipped' })
    await stage.happens('olga', 'OrderShipped', order('O-1'))
    await stage.mail('olga', 'Your order O-1 is on its way')
    await stage.stands(orders, { member: 'olga', node: 'arrived' })
    await stage.happens('olga', 'OrderDelivered', order('O-1'))
    await stage.mail('olga', 'Your order O-1 is here')
    expect(await stage.journey(orders, 'olga')).toEqual([
      'placed next',
      'confirm by email',
      'confirm next',
      'at_once no',
      'shipped happened',
      'on_its_way by email',
      'on_its_way next',
      'arrived happened',
      'here by email',
      'here next',
    ])
  })

  test('one that does not ship opens a case, once, and its mail says which', async () => {
    await stage.put(person('oren'))
    await stage.happens('oren', 'OrderPlaced', order('O-2'))
    const mail = await stage.mail('oren', 'Your order O-2 takes longer')
    expect(mail.text).toContain('(case case-of-O-2)')
    expect(shop.calls.filter((call) => call.order === 'O-2')).toEqual([
      { order: 'O-2', key: expect.stringMatching(/\w{4}/) },
    ])
    await stage.happens('oren', 'OrderShipped', order('O-2'))
    await stage.mail('oren', 'Your order O-2 is on its way')
  })

  test('when customer care cannot be told, the customer still is', async () => {
    await stage.put(person('omar'))
    await stage.happens('omar', 'OrderPlaced', order('unknown-3'))
    const mail = await stage.mail('omar', 'Your order unknown-3 takes longer')
    expect(mail.text).not.toContain('(case')
    const { enrollments } = await stage.get(`/v1/flows/${orders}/why?member=omar`)
    expect(enrollments[0].steps).toContainEqual(
      expect.objectContaining({
        node: 'care',
        outcome: 'failed',
        why: expect.stringMatching(/^Failed to call 127\.0\.0\.1:\d+: it answered 404\.$/),
      }),
    )
  })

  test('a cancelled order ends it, and another order of the same customer goes on', async () => {
    await stage.put(person('olaf'))
    await stage.happens('olaf', 'OrderPlaced', order('O-4'))
    await stage.stands(orders, { member: 'olaf', node: 'shipped' })
    await stage.happens('olaf', 'OrderCancelled', order('O-4'))
    expect((await stage.journey(orders, 'olaf')).at(-1)).toBe('shipped left')
    expect(await stage.subjects('olaf')).toEqual(['Your order O-4'])
  })
})
