import { describe, expect, test } from 'vitest'
import type { Catalog } from '../../flow/catalog.ts'
import { validate } from '../../flow/validate.ts'
import { catalogWith, winnerWith } from './winner.ts'

/** Problems of the first send when it is drawn like this. */
function problemsOf(send: { template?: string; route?: object }, catalog: Catalog = catalogWith()) {
  const node = { kind: 'send', template: 'campaign_winner', exits: { next: 'pause', failed: null }, ...send }
  const route = { strategy: 'preferred', channels: ['email', 'sms'], ...send.route }
  return validate(winnerWith({ congrats: { ...node, route } }), catalog).filter(
    ({ nodeId }) => nodeId === 'congrats',
  )
}

function linesOf(...given: Parameters<typeof problemsOf>): string[] {
  return problemsOf(...given).map(
    ({ severity, path, code }) => `${severity} ${path.replace('nodes.congrats.', '')} ${code}`,
  )
}

const written = (content: Catalog['templates'][string]['content'], more = {}) =>
  catalogWith({ templates: { campaign_winner: { active: true, defaultLocale: 'en', content, ...more } } })
const NOTHING = { required: [] }

describe('the template of a send', () => {
  test('must be chosen, exist, be switched on and say something', () => {
    expect(linesOf({ template: '' })).toContain('error template no-template')
    expect(linesOf({ template: 'gone' })).toContain('error template template-unknown')
    expect(linesOf({ template: 'constructor' })).toContain('error template template-unknown')
    expect(linesOf({}, written({ email: { en: NOTHING }, sms: { en: NOTHING } }, { active: false }))).toEqual(
      ['error template template-inactive'],
    )
    expect(linesOf({ route: { channels: undefined } }, written({}))).toEqual([
      'error template template-empty',
    ])
  })

  test('is doubted when a channel lacks a language that another has', () => {
    const catalog = written({ email: { en: NOTHING, es: NOTHING }, sms: { en: NOTHING } })
    expect(problemsOf({}, catalog)).toEqual([
      expect.objectContaining({
        severity: 'warning',
        code: 'locale-missing',
        message: expect.stringContaining('has no Spanish SMS; members who read that would get English.'),
      }),
    ])
  })

  test('is doubted when it prints what nothing carries', () => {
    const printing = (...required: string[]) =>
      written({ email: { en: { required } }, sms: { en: { required } } })
    expect(
      linesOf({}, printing('prize.code', 'event.prize.name', 'member.name', 'entry.id', 'links.view')),
    ).toEqual([])
    expect(linesOf({}, printing('prize.colour'))).toEqual(['warning template unknown-variable'])
    expect(linesOf({}, printing('event.colour'))).toEqual(['warning template unknown-variable'])
    expect(linesOf({}, printing('journey.score'))).toEqual(['warning template unknown-variable'])
  })

  test('may print anything while no such event has been seen', () => {
    const catalog = {
      ...written({ email: { en: { required: ['prize.colour'] } }, sms: { en: NOTHING } }),
      eventTypes: {},
    }
    expect(linesOf({}, catalog)).toEqual([])
  })
})

describe('the channels of a send', () => {
  test('that cannot send are doubted while another can', () => {
    expect(linesOf({}, written({ email: { en: NOTHING } }))).toEqual(['warning route.channels no-content'])
    expect(linesOf({}, catalogWith({ transports: { email: { ready: true } } }))).toEqual([
      'warning route.channels no-transport',
    ])
  })

  test('are refused when none of them has both content and a transport', () => {
    const catalog = {
      ...written({ email: { en: NOTHING } }),
      transports: { sms: { ready: true }, email: { ready: false } },
    }
    expect(linesOf({}, catalog)).toEqual([
      'error route.channels no-transport',
      'error route.channels no-content',
    ])
  })

  test('are those of the template when none are listed', () => {
    expect(linesOf({ route: { channels: undefined } }, written({ push: { en: NOTHING } }))).toEqual([])
  })

  test('must be listed for a fixed order', () => {
    expect(linesOf({ route: { strategy: 'fixed', channels: undefined } })).toEqual([
      'error route.channels fixed-order',
    ])
    expect(linesOf({ route: { strategy: 'fixed' } })).toEqual([])
  })
})

describe('the clocks of a send', () => {
  const until = (channel: string, reached: string) => ({
    route: { channels: [channel], hops: { [channel]: { until: reached, fallbackAfter: 'PT2H' } } },
  })

  test.each([
    ['telegram', 'delivered'],
    ['telegram', 'read'],
    ['sms', 'read'],
    ['push', 'read'],
    ['email', 'read'],
    ['voice', 'clicked'],
  ])('%s never reports %s, so waiting for it is refused', (channel, reached) => {
    expect(linesOf(until(channel, reached))).toEqual([
      `error route.hops.${channel}.until criterion-not-reported`,
    ])
  })

  test.each([
    ['telegram', 'clicked'],
    ['whatsapp', 'read'],
    ['sms', 'delivered'],
    ['push', 'delivered'],
    ['email', 'delivered'],
    ['voice', 'delivered'],
  ])('%s can report %s', (channel, reached) => {
    expect(linesOf(until(channel, reached))).toEqual([])
  })

  test('say what to wait for instead', () => {
    const [problem] = problemsOf(until('telegram', 'delivered'))
    expect(problem?.message).toBe(
      'Telegram never reports *delivered*, so everybody would be sent the next channel, too. Choose *sent* or *clicked*.',
    )
  })

  test('are doubted when only the connected transport does not report that', () => {
    const catalog = catalogWith({ transports: { email: { ready: true, reports: ['sent'] } } })
    expect(linesOf(until('email', 'delivered'), catalog)).toEqual([
      'warning route.hops.email.until criterion-not-reported-here',
    ])
    expect(linesOf(until('email', 'clicked'), catalog)).toEqual([])
  })

  test('are doubted on a channel the send does not use, and where all channels go at once', () => {
    const hops = { push: { until: 'sent', fallbackAfter: 'PT2H' } }
    expect(linesOf({ route: { hops } })).toEqual(['warning route.hops.push hop-unrouted'])
    expect(linesOf({ route: { strategy: 'all', hops } })).toEqual(['warning route.hops hops-ignored'])
  })
})

describe('another channel than an earlier send', () => {
  test.each([[undefined], ['gone'], ['pause'], ['congrats'], ['remind'], ['constructor']])(
    'is refused after %j',
    (from) => {
      expect(linesOf({ route: { strategy: 'different', differentFrom: from } })).toEqual([
        'error route.differentFrom different-from',
      ])
    },
  )

  test('is doubted where the strategy does not look at it', () => {
    expect(linesOf({ route: { differentFrom: 'remind' } })).toEqual([
      'warning route.differentFrom different-ignored',
    ])
  })
})
