import { expect, test } from 'vitest'
import { compile } from '../../flow/compile.ts'
import { DAY } from './scene.ts'
import { winner, winnerWith } from './winner.ts'

test('a plan has durations in ms, resolved exits, and what it needs and listens to', () => {
  const plan = compile(winner())
  expect(plan.start).toBe('won')
  expect(plan.nodes['pause']).toEqual({
    kind: 'wait',
    label: null,
    for: { by: 'duration', ms: 2 * DAY },
    exits: { next: 'redeemed' },
  })
  expect(plan.nodes['congrats']).toMatchObject({
    route: {
      strategy: 'preferred',
      channels: ['whatsapp', 'email', 'sms'],
      differentFrom: null,
      hops: { whatsapp: { until: 'delivered', fallbackAfterMs: 7_200_000 } },
    },
    exits: { next: 'pause', failed: null },
  })
  expect(plan.needs).toEqual({
    events: ['AccountClosed', 'PrizeRedeemed'],
    eventsWithinMs: null,
    counts: [
      { type: 'PrizeRedeemed', span: 'entry', enough: 20 },
      { type: 'AccountClosed', span: 'entry', enough: 20 },
    ],
    lists: [],
    audiences: [],
    flows: [],
    templates: ['campaign_winner'],
    webhooks: false,
  })
  expect(plan.exitOn).toEqual({
    events: ['AccountClosed'],
    attributes: false,
    consent: false,
    receipts: false,
  })
})

test('a plan survives its column: JSON gives the same back', () => {
  const plan = compile(winner())
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
})

test('what a document leaves out is filled in by its purpose', () => {
  const bare = {
    reentry: undefined,
    exitWhen: undefined,
    quietHours: undefined,
    frequencyCap: undefined,
    timeZone: undefined,
  }
  expect(compile(winnerWith({}, bare)).settings).toEqual({
    purpose: 'marketing',
    topic: 'prizes',
    reentry: { policy: 'every', concurrent: false },
    exitWhen: null,
    quietHours: 'respect',
    frequencyCap: 'respect',
    timeZone: null,
  })
  const transactional = compile(
    winnerWith({}, { ...bare, purpose: 'transactional', topic: undefined }),
  ).settings
  expect(transactional).toMatchObject({ topic: null, quietHours: 'ignore', frequencyCap: 'ignore' })
})

test('transactional flows that say respect are heard', () => {
  const { settings } = compile(winnerWith({}, { purpose: 'transactional', quietHours: 'respect' }))
  expect(settings.quietHours).toBe('respect')
})

test('an exit that is missing or leads nowhere ends the journey', () => {
  const plan = compile(winnerWith({ pause: { kind: 'wait', for: { duration: 'P1D' }, exits: {} } }))
  expect(plan.nodes['pause']?.exits).toEqual({ next: null })
  const dangling = compile(
    winnerWith({ pause: { kind: 'wait', for: { duration: 'P1D' }, exits: { next: 'constructor' } } }),
  )
  expect(dangling.nodes['pause']?.exits).toEqual({ next: null })
})

test('every kind compiles with nothing left open', () => {
  const gold = { field: 'member.tier', op: 'eq', value: 'gold' }
  const plan = compile(
    winnerWith({
      a: {
        kind: 'wait',
        for: { event: 'Paid', timeout: 'P1D', where: { inList: 'x' } },
        exits: { happened: 'b' },
      },
      b: { kind: 'split', cases: [{ id: 'gold', if: gold }], exits: { gold: 'c', else: null } },
      c: {
        kind: 'update',
        set: { 'member.won': true, 'member.code': { ref: 'entry.data.code' } },
        exits: { next: 'd' },
      },
      d: {
        kind: 'webhook',
        request: { url: 'https://shop.example/hook', method: 'POST' },
        store: { 'journey.score': 'result.score' },
        exits: { next: 'e', failed: null },
      },
      e: { kind: 'wait', for: { date: 'member.renewal', offset: '-P3D' }, exits: { next: 'f' } },
      f: { kind: 'split', arms: [{ id: 'x', weight: 1 }], exits: { x: null } },
    }),
  )
  expect(plan.nodes).toMatchObject({
    a: { for: { by: 'event', timeoutMs: DAY }, exits: { happened: 'b', timeout: null } },
    b: { by: { by: 'cases', cases: [{ id: 'gold', if: gold }] }, exits: { gold: 'c', else: null } },
    c: {
      change: {
        set: [{ path: 'member.won', value: true }, { path: 'member.code' }],
        addTags: [],
        consent: null,
      },
    },
    d: {
      request: {
        timeoutMs: 10_000,
        headers: {},
        store: [{ variable: 'journey.score', path: 'result.score' }],
      },
    },
    e: { for: { by: 'date', offsetMs: -3 * DAY } },
    f: { by: { by: 'weight', arms: [{ id: 'x', weight: 1 }] } },
  })
  expect(plan.needs.lists).toEqual(['x'])
})

test.each([
  [
    { schedule: { cron: '0 9 * * 1', timeZone: 'Europe/Madrid' }, audience: 'testers' },
    { by: 'schedule', cron: '0 9 * * 1' },
  ],
  [{ enters: { inList: 'club' } }, { by: 'enters', audience: { inList: 'club' } }],
  [{ date: { attribute: 'member.birthday', at: '09:00' } }, { by: 'date', offsetMs: 0, at: '09:00' }],
  [{ launch: true }, { by: 'launch' }],
])('a trigger by %j compiles', (on, compiled) => {
  const plan = compile(winnerWith({ won: { kind: 'trigger', on, exits: { next: 'grand' } } }))
  expect(plan.nodes['won']).toMatchObject({ on: compiled })
})
