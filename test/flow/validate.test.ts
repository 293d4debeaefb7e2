import { describe, expect, test } from 'vitest'
import type { Catalog } from '../../flow/catalog.ts'
import type { FlowDocument } from '../../flow/document.ts'
import type { Problem } from '../../flow/problem.ts'
import { validate } from '../../flow/validate.ts'
import { catalogWith, winner, winnerWith } from './winner.ts'

const lines = (document: FlowDocument, catalog: Catalog = catalogWith()) =>
  validate(document, catalog).map(({ severity, path, code }) => `${severity} ${path} ${code}`)

/** The winner flow with a node between the wait and the end. */
const withNode = (node: object) =>
  winnerWith({ redeemed: { kind: 'wait', for: { duration: 'P1D' }, exits: { next: 'extra' } }, extra: node })

function found(problems: Problem[], code: string): Problem {
  const problem = problems.find((one) => one.code === code)
  if (!problem) throw new Error(`no ${code} among ${problems.map((one) => one.code).join()}`)
  return problem
}

test('the winner flow has no fault and raises no doubt', () => {
  expect(validate(winner(), catalogWith())).toEqual([])
})

test('errors come first, each with its node, its path and a remedy', () => {
  const problems = validate(
    winnerWith({ pause: { kind: 'wait', for: { duration: 'PT0S' }, exits: { next: 'gone' } } }),
    catalogWith(),
  )
  expect(problems.map(({ severity }) => severity)).toEqual(['error', 'error', 'error', 'error', 'warning'])
  expect(found(problems, 'dangling-exit')).toEqual({
    code: 'dangling-exit',
    nodeId: 'pause',
    path: 'nodes.pause.exits.next',
    message:
      'The exit *next* leads to *gone*, which does not exist. Lead it to a step, or to the end with null.',
    severity: 'error',
  })
})

describe('the drawing', () => {
  const wait = (next: string | null) => ({ kind: 'wait', for: { duration: 'P1D' }, exits: { next } })

  test.each([
    ['a step that nothing leads to', winnerWith({ island: wait(null) }), 'error nodes.island unreachable'],
    [
      'a missing exit',
      winnerWith({ pause: { ...wait(null), exits: {} } }),
      'error nodes.pause.exits.next missing-exit',
    ],
    [
      'an exit that the kind does not have',
      winnerWith({ pause: { ...wait(null), exits: { next: 'redeemed', later: null } } }),
      'error nodes.pause.exits.later unknown-exit',
    ],
    ['a way back', winnerWith({ pause: wait('congrats') }), 'error nodes.pause.exits.next cycle'],
    [
      'a step that leads to itself',
      winnerWith({ pause: wait('pause') }),
      'error nodes.pause.exits.next cycle',
    ],
    [
      'a way back among steps that nothing reaches',
      winnerWith({ a: wait('b'), b: wait('a') }),
      'error nodes.b.exits.next cycle',
    ],
    [
      'a second trigger',
      winnerWith({ other: { kind: 'trigger', on: { event: 'PrizeRedeemed' }, exits: { next: 'pause' } } }),
      'error nodes.other second-trigger',
    ],
    ['a start that does not exist', { ...winner(), start: 'gone' }, 'error start start-missing'],
    [
      'a start named like a property of all objects',
      { ...winner(), start: 'constructor' },
      'error start start-missing',
    ],
    ['a start that is no trigger', { ...winner(), start: 'grand' }, 'error start start-not-trigger'],
    ['nothing at all', { ...winner(), nodes: {} }, 'error start start-missing'],
  ])('refuses %s', (_, document, line) => {
    expect(lines(document)).toContain(line)
  })

  test('may join branches again', () => {
    const joined = winnerWith({
      redeemed: { kind: 'condition', if: { reachable: 'sms' }, exits: { yes: 'remind', no: 'remind' } },
    })
    expect(lines(joined)).toEqual([])
  })

  test('has at most 500 steps', () => {
    const chain = Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`n${n}`, wait(`n${n + 1}`)]))
    expect(lines(winnerWith(chain))).toEqual(['error nodes too-many-nodes'])
  })
})

describe('the settings', () => {
  test.each([
    [{ topic: undefined }, catalogWith(), 'error settings.topic no-topic'],
    [{ topic: '*' }, catalogWith(), 'error settings.topic topic-all'],
    [{}, catalogWith({ topics: ['news'] }), 'error settings.topic topic-closed'],
    [
      { exitWhen: { event: 'Unsubscribed', count: { op: '>=', n: 1 } } },
      catalogWith(),
      'warning settings.exitWhen.event event-unseen',
    ],
  ])('%j', (settings, catalog, line) => {
    expect(lines(winnerWith({}, settings), catalog)).toEqual([line])
  })

  test('transactional flows need no topic', () => {
    expect(lines(winnerWith({}, { purpose: 'transactional', topic: undefined }))).toEqual([])
  })
})

describe('every kind of step', () => {
  test.each([
    { kind: 'wait', for: { until: { time: '09:00', zone: 'member' } }, exits: { next: null } },
    { kind: 'wait', for: { date: 'member.renewal' }, exits: { next: null } },
    {
      kind: 'wait',
      for: { event: 'PrizeRedeemed', timeout: 'P1D' },
      exits: { happened: null, timeout: null },
    },
    { kind: 'split', arms: [{ id: 'a', weight: 1 }], exits: { a: null } },
    { kind: 'update', addTags: ['vip'], exits: { next: null } },
  ])('can be published: $kind', (node) => {
    expect(lines(withNode(node)).filter((line) => line.startsWith('error nodes.extra'))).toEqual([])
  })

  test('an update may record consent to a topic that there is, or that may come into being', () => {
    const topic = (topics: string[] | null) => {
      const consent = { topic: 'news', channel: 'email', state: 'granted', wording: 'Yes.' }
      const node = { kind: 'update', consent, exits: { next: null } }
      return lines(withNode(node), catalogWith({ topics })).filter((line) => line.includes('nodes.extra.'))
    }
    expect([topic(null), topic(['news']), topic(['prizes'])]).toEqual([
      [],
      [],
      ['error nodes.extra.consent.topic topic-closed'],
    ])
  })
})

describe('a trigger', () => {
  test.each([
    { launch: true },
    { enters: 'testers' },
    { date: { attribute: 'member.birthday' } },
    { schedule: { cron: '0 9 * * *', timeZone: 'UTC' }, audience: 'testers' },
  ])('of every kind can be published: %j', (on) => {
    const document = winnerWith({ won: { kind: 'trigger', on, exits: { next: 'grand' } } })
    expect(lines(document)).toEqual([])
  })

  test('without an event is refused; with one that has not been seen it is doubted', () => {
    const by = (event: string) =>
      winnerWith({ won: { kind: 'trigger', on: { event }, exits: { next: 'grand' } } })
    expect(lines(by(''))).toContain('error nodes.won.on.event no-event')
    expect(lines(by('GameWon'))).toEqual(['warning nodes.won.on.event event-unseen'])
  })
})

describe('a condition', () => {
  const asking = (condition: object) =>
    lines(winnerWith({ grand: { kind: 'audience', where: condition, exits: { next: 'congrats' } } }))
  const once = { op: '>=', n: 1 }

  test.each([
    [{ field: 'event.prize.colour', op: 'exists' }, ['warning nodes.grand.where.field unknown-variable']],
    [{ field: 'event.prize', op: 'exists' }, []],
    [{ field: 'event.prize.tier.inner', op: 'exists' }, []],
    [{ field: 'member.anything', op: 'exists' }, []],
    [{ field: 'journey.score', op: 'exists' }, ['warning nodes.grand.where.field unknown-variable']],
    [
      { field: 'member.x', op: 'eq', value: { ref: 'entry.data.colour' } },
      ['warning nodes.grand.where.value.ref unknown-variable'],
    ],
    [
      { event: 'PrizeRedeemed', count: once, where: { field: 'event.prize.tier', op: 'exists' } },
      ['warning nodes.grand.where.where.field unknown-variable'],
    ],
    [{ event: 'PrizeRedeemed', count: once, where: { field: 'event.code', op: 'exists' } }, []],
    [{ any: [{ event: 'Lost', count: once }] }, ['warning nodes.grand.where.any[0].event event-unseen']],
    [{ inAudience: 'nobody' }, ['error nodes.grand.where.inAudience audience-unknown']],
    [{ inAudience: 'constructor' }, ['error nodes.grand.where.inAudience audience-unknown']],
    [{ inAudience: 'testers' }, []],
    [{ inList: 'club' }, ['warning nodes.grand.where.inList list-unknown']],
    [{ flow: { id: 'flw_9', state: 'ever' } }, ['warning nodes.grand.where.flow.id flow-unknown']],
    [{ message: { node: 'pause', status: 'sent' } }, ['error nodes.grand.where.message.node message-node']],
    [{ message: { node: 'congrats', status: 'sent' } }, []],
    [{ all: [{ any: [] }] }, ['warning nodes.grand.where.all[0].any never']],
    [{ not: { all: [] } }, ['warning nodes.grand.where.not.all always']],
  ])('%j', (condition, expected) => {
    expect(asking(condition)).toEqual(expected)
  })

  test('about an audience that is empty now is doubted', () => {
    const document = winnerWith({
      grand: { kind: 'audience', where: { inAudience: 'testers' }, exits: { next: 'congrats' } },
    })
    expect(lines(document, catalogWith({ audiences: { testers: { count: 0 } } }))).toEqual([
      'warning nodes.grand.where.inAudience audience-empty',
    ])
  })
})

describe('kinds that are drawn ahead', () => {
  test.each([
    [
      {
        kind: 'split',
        arms: [
          { id: 'a', weight: 1 },
          { id: 'a', weight: 1 },
        ],
        exits: { a: null },
      },
      'error nodes.extra.arms[1].id arm-twice',
    ],
    [
      { kind: 'split', cases: [{ id: 'else', if: { reachable: 'sms' } }], exits: { else: null } },
      'error nodes.extra.cases[0].id arm-reserved',
    ],
    [
      { kind: 'split', cases: [{ id: 'a', if: { inAudience: 'nobody' } }], exits: { a: null, else: null } },
      'error nodes.extra.cases[0].if.inAudience audience-unknown',
    ],
    [
      { kind: 'split', cases: [{ id: 'a', if: { reachable: 'sms' } }], exits: { a: null } },
      'error nodes.extra.exits.else missing-exit',
    ],
    [{ kind: 'update', exits: { next: null } }, 'error nodes.extra no-change'],
    [
      {
        kind: 'webhook',
        request: { url: 'file:///etc', method: 'GET' },
        exits: { next: null, failed: null },
      },
      'error nodes.extra.request.url webhook-url',
    ],
    [
      {
        kind: 'webhook',
        request: { url: 'https://a.example', method: 'GET' },
        timeout: 'PT1H',
        exits: { next: null, failed: null },
      },
      'error nodes.extra.timeout webhook-timeout',
    ],
    [
      { kind: 'wait', for: { event: '', timeout: 'P1D' }, exits: { happened: null, timeout: null } },
      'error nodes.extra.for.event no-event',
    ],
    [{ kind: 'wait', for: { date: '' }, exits: { next: null } }, 'error nodes.extra.for.date no-attribute'],
  ])('%j', (node, line) => {
    expect(lines(withNode(node))).toContain(line)
  })
})
