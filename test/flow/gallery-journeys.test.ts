import { describe, expect, test } from 'vitest'
import { analyse } from '../../activities/render/analyse.ts'
import { CHANNELS } from '../../flow/channels/channel.ts'
import { compile } from '../../flow/compile.ts'
import { dryRun } from '../../flow/dry-run/dry-run.ts'
import type { Reply } from '../../flow/dry-run/reply.ts'
import type { MemberFacts, TemplateFact } from '../../flow/facts.ts'
import { GALLERY } from '../../flow/gallery/gallery.ts'
import type { ReadyFlow } from '../../flow/gallery/ready-flow.ts'
import { DAY, NOW } from './scene.ts'
import { HOUR, standing } from './standing.ts'

const ANA = {
  name: 'Ana',
  region: 'eu',
  birthday: '1990-11-21',
  joinedAt: new Date(NOW - HOUR).toISOString(),
  welcomeVoucherEndsAt: '2026-12-05',
  lastOrderAt: new Date(NOW - 200 * DAY).toISOString(),
}

interface Told {
  member?: Partial<MemberFacts>
  data?: ReadyFlow['data']
  replies?: Reply[]
}

const at = (ms: number) => NOW + ms
const happens = (ms: number, type: string, data = {}): Reply => ({ at: at(ms), event: { type, data } })

describe('welcome', () => {
  test('who orders within three days is remembered for it and is written no more', () => {
    const path = journey('welcome', { replies: [happens(DAY, 'OrderPlaced')] })
    expect(path).toEqual(['0 hello by email', '1 first_order happened', '1 ordered next'])
  })

  test('of the others nine in ten hear more, and are reminded at ten in the morning before the voucher ends', () => {
    const idle = Array.from({ length: 500 }, (_, id) => journey('welcome', { member: { id } }))
    const arms = Map.groupBy(idle, (path) => path.find((step) => step.startsWith('3 idea')) ?? '')
    expect([...arms.keys()].toSorted()).toEqual(['3 idea favourites', '3 idea nothing', '3 idea story'])
    expect(arms.get('3 idea nothing')?.length).toBeLessThan(75)
    expect(arms.get('3 idea nothing')?.[0]?.at(-1)).toBe('3 idea nothing')
    expect(arms.get('3 idea story')?.[0]?.slice(2)).toEqual([
      '3 idea story',
      '3 story by email',
      '11.5 ends_soon next',
      '11.9 morning next',
      '11.9 unused yes',
      '11.9 last_call by email',
    ])
  })

  test('who has no voucher is not reminded of one', () => {
    const { welcomeVoucherEndsAt: _, ...attributes } = ANA
    const told = Array.from({ length: 20 }, (__, id) => journey('welcome', { member: { id, attributes } }))
    expect(told.flat().join()).not.toContain('last_call')
    expect(told.flat()).toContain('3.9 unused no')
  })
})

describe('abandoned cart', () => {
  test('an order, even a minute before the reminder, takes the member out', () => {
    const replies = [happens(HOUR - 60_000, 'OrderPlaced')]
    expect(journey('abandoned-cart', { replies })).toEqual(['0 hour left'])
  })

  test('a reminder after an hour, and on another channel at six the next evening', () => {
    expect(journey('abandoned-cart')).toEqual([
      '0 hour next',
      '0 remind by email',
      '0.5 half_day next',
      '1.2 evening next',
      '1.2 worth else',
      '1.2 once_more by sms',
    ])
  })

  test('who has no other channel is reminded on the same', () => {
    const path = journey('abandoned-cart', { member: { addresses: { email: 'ana@members.example' } } })
    expect(path.slice(-2)).toEqual(['1.2 once_more failed', '1.2 same by email'])
  })

  test('a large cart and a gold member get an offer instead', () => {
    const large = journey('abandoned-cart', {
      data: { cart: { value: 200, url: 'u', items: [{ name: 'x' }] } },
    })
    expect(large.slice(-2)).toEqual(['1.2 worth large', '1.2 offer by email'])
    const gold = journey('abandoned-cart', { member: { attributes: { ...ANA, tier: 'gold' } } })
    expect(gold.slice(-2)).toEqual(['1.2 worth gold', '1.2 offer by email'])
  })

  test('a cart of small change is worth no reminder', () => {
    expect(journey('abandoned-cart', { data: { cart: { value: 5 } } })).toEqual(['0 checkout refused'])
  })
})

describe('win-back', () => {
  const clicks = (ms: number, node: string): Reply => ({
    at: at(ms),
    receipt: { node, channel: 'email', status: 'clicked' },
  })

  test('who says nothing is asked once whether to go on, and is then left in peace', () => {
    expect(journey('win-back')).toEqual([
      '0 hello by email',
      '7 week next',
      '7 interest else',
      '7 offer by email',
      '21 fortnight next',
      '21 ask by email',
      '28 answer next',
      '28 answered no',
      '28 dormant next',
    ])
  })

  test('who clicks is shown more, and who says yes stays', () => {
    const path = journey('win-back', { replies: [clicks(DAY, 'hello'), clicks(22 * DAY, 'ask')] })
    expect(path).toContain('7 picks by email')
    expect(path.at(-1)).toBe('28 answered yes')
  })

  test('it is not for those who ordered lately, never ordered, or are dormant', () => {
    const { lastOrderAt: _, ...never } = ANA
    const lately = { ...ANA, lastOrderAt: new Date(NOW - DAY).toISOString() }
    for (const member of [{ attributes: lately }, { attributes: never }, { tags: ['dormant'] }])
      expect(journey('win-back', { member })).toEqual(['0 monday refused'])
  })
})

describe('birthday', () => {
  test('a gift that is used is not spoken of again', () => {
    const used = [happens(2 * DAY, 'OrderPlaced', { order: { voucher: 'CANDLES' } })]
    expect(journey('birthday', { replies: used }).slice(-2)).toEqual(['2 used happened', '2 remember next'])
  })

  test('an order without the gift changes nothing: after ten days comes the reminder', () => {
    const path = journey('birthday', { replies: [happens(2 * DAY, 'OrderPlaced', { order: { id: 'O-1' } })] })
    expect(path.slice(-2)).toEqual(['10 used timeout', '10 remind by email'])
  })
})

describe('double opt-in', () => {
  const confirms = (ms: number, signUp = 'S-3107') => happens(ms, 'OptInConfirmed', { signUp })
  const member = { consents: [] }

  test('the consent is recorded when the link is pressed, and then come the thanks', () => {
    expect(journey('double-opt-in', { member, replies: [confirms(HOUR)] })).toEqual([
      '0 already no',
      '0 ask by email',
      '0 confirmed happened',
      '0 grant next',
      '0 thanks by email',
    ])
  })

  test('after the reminder it is not too late', () => {
    const path = journey('double-opt-in', { member, replies: [confirms(3 * DAY)] })
    expect(path.slice(2)).toEqual([
      '2 confirmed timeout',
      '2 remind by email',
      '2 meanwhile no',
      '3 late happened',
      '3 grant next',
      '3 thanks by email',
    ])
  })

  test('the link of another sign-up confirms nothing', () => {
    const path = journey('double-opt-in', { member, replies: [confirms(HOUR, 'S-1')] })
    expect(path.at(-1)).toBe('7 expired next')
  })

  test('who has confirmed before is not asked again', () => {
    expect(journey('double-opt-in')).toEqual(['0 already yes'])
  })
})

describe('incident notice', () => {
  const data = GALLERY.find(({ key }) => key === 'incident-notice')!.data
  const over = [happens(HOUR, 'IncidentResolved', { incident: { id: 'INC-58' } })]

  test('a major incident is written by email and push at once, told by phone, and ends with the all-clear', () => {
    expect(journey('incident-notice', { replies: over })).toEqual([
      '0 affected next',
      '0 details by email',
      '0 details by push',
      '0 major yes',
      '0 alert by whatsapp',
      '0 passed no',
      '0 over happened',
      '0 all_clear by email',
    ])
  })

  test('an incident that is over while the phone is still tried ends with the all-clear, too', () => {
    const deaf = (channel: 'whatsapp' | 'sms'): Reply => ({
      at: at(1),
      receipt: { node: 'alert', channel, status: 'sent' },
    })
    const soon = [happens(60_000, 'IncidentResolved', { incident: { id: 'INC-58' } })]
    const path = journey('incident-notice', { replies: [deaf('whatsapp'), deaf('sms'), ...soon] })
    expect(path.slice(-3)).toEqual(['0 alert by voice', '0 passed yes', '0 all_clear by email'])
  })

  test('a phone that does not answer is tried by SMS, and then called', () => {
    const fails = (channel: 'whatsapp' | 'sms'): Reply => ({
      at: at(1_000),
      receipt: { node: 'alert', channel, status: 'failed' },
    })
    const path = journey('incident-notice', { replies: [fails('whatsapp'), fails('sms')] })
    const alert = path.filter((step) => step.includes('alert'))
    expect(alert).toEqual(['0 alert by whatsapp', '0 alert by sms', '0 alert by voice'])
  })

  test('a minor one stays off the phone, and one elsewhere is nobody’s business', () => {
    const change = (change: object) => ({ incident: { ...(data['incident'] as object), ...change } }) // its shape is the gallery's
    expect(journey('incident-notice', { data: change({ severity: 'minor' }) }).join()).not.toContain('alert')
    expect(journey('incident-notice', { data: change({ region: 'us' }) })).toEqual(['0 affected left'])
  })
})

describe('order updates', () => {
  const of = (type: string, ms: number, id = 'O-7301') => happens(ms, type, { order: { id } })

  test('an order is confirmed, told to be on its way, and told to be here', () => {
    const replies = [of('OrderShipped', DAY), of('OrderDelivered', 3 * DAY)]
    expect(journey('order-updates', { replies })).toEqual([
      '0 confirm by email',
      '0 at_once no',
      '1 shipped happened',
      '1 on_its_way by email',
      '3 arrived happened',
      '3 here by email',
    ])
  })

  test('another order that ships says nothing about this one, which gets a case and an honest word', () => {
    const replies = [of('OrderShipped', DAY, 'O-1'), of('OrderShipped', 5 * DAY)]
    expect(journey('order-updates', { replies }).slice(2, 8)).toEqual([
      '3 shipped timeout',
      '3 care next',
      '3 delayed by email',
      '3 meanwhile no',
      '5 ships_late happened',
      '5 on_its_way by email',
    ])
  })

  test('a cancelled order ends it, at once', () => {
    expect(journey('order-updates', { replies: [of('OrderCancelled', DAY)] }).at(-1)).toBe('1 shipped left')
  })
})

/** What happens to Ana, who can be reached and allows everything: the day since her entry, the step, its outcome. */
function journey(key: string, { member, data, replies = [] }: Told = {}): string[] {
  const ready = GALLERY.find((one) => one.key === key)!
  const scene = standing({
    member: { attributes: ANA, preferredChannels: ['email'], consents: consents(), ...member },
    workspace: { templates: templatesOf(ready), audiences: audiencesOf(ready) },
  })
  const plan = compile(ready.flow)
  const { steps } = dryRun({ ...scene, plan, event: data ?? ready.data, start: NOW, replies })
  return steps.flatMap(({ node, at: then, outcome, reason }) => {
    const isSend = plan.nodes[node]?.kind === 'send'
    const goesWithoutSaying = node === plan.start ? outcome === 'next' : outcome === 'refused'
    if (goesWithoutSaying || ['end', 'resting'].includes(outcome) || (isSend && outcome === 'next')) return []
    if (outcome === 'sent' && !isSend) return []
    const day = Math.floor(((then - NOW) / DAY) * 10) / 10
    return [`${day} ${node} ${outcome === 'sent' ? `by ${String(reason.args?.['channel'])}` : outcome}`]
  })
}

function consents(): MemberFacts['consents'] {
  return ['news', 'offers', 'prizes'].flatMap((topic) =>
    CHANNELS.map((channel) => ({ topic, channel, state: 'granted' as const, source: 'form', at: NOW - DAY })),
  )
}

function templatesOf({ templates }: ReadyFlow): Record<string, TemplateFact> {
  const facts = Object.entries(templates).map(([key, body], n): [string, TemplateFact] => {
    const { active, defaultLocale } = body
    const { content } = analyse(body).facts
    return [key, { id: n, version: 1, versionId: n, active, defaultLocale, content }]
  })
  return Object.fromEntries(facts)
}

function audiencesOf({ audiences }: ReadyFlow) {
  return Object.fromEntries(Object.entries(audiences).map(([key, { where }]) => [key, where]))
}
