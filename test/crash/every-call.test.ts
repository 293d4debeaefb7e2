import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Caller } from '../../activities/effects/webhook.ts'
import { callsOf } from '../engine/calls.ts'
import { expectBalance } from '../engine/balance.ts'
import { openEngine } from '../engine/open-engine.ts'
import { startDomainSystem, type DomainSystem } from '../support/domain-system.ts'
import { breakingDb, type Break } from './breaking-db.ts'
import { carry } from './carry.ts'
import { momentsOf, RECOVERIES, takeOver, type Recovery } from './moments.ts'
import { openStage, type Stage } from './stage.ts'

const LONG = 120_000
let stage: Stage
let shop: DomainSystem
beforeAll(async () => {
  ;[stage, shop] = await Promise.all([openStage(), startDomainSystem()])
  const request = { url: `${shop.url}/hook`, method: 'POST', body: '{"who": "{{ member.externalId }}"}' }
  const exits = { failed: null }
  await stage.play.publish({
    on: 'Begin',
    nodes: {
      ask: { kind: 'webhook', request, store: { 'journey.n': 'n' }, exits: { ...exits, next: 'rest' } },
      rest: { kind: 'wait', for: { duration: 'PT1M' }, exits: { next: 'tell' } },
      tell: { kind: 'webhook', request, exits: { ...exits, next: null } },
    },
  })
}, LONG)
afterAll(() => Promise.all([stage.close(), shop.close()]))

test(
  'a connection that breaks at any statement or commit: both calls are made, each by one key',
  async () => {
    for (const moment of await everyMoment('cut')) {
      const { trips: _, ...came } = await journey(moment)
      expect.soft({ moment, ...came }).toEqual({ moment, ...GOOD, heard: expect.any(Number) })
    }
    await expectBalance(stage)
  },
  LONG,
)

test.each(RECOVERIES)(
  'a worker that dies at any statement or commit, its walk %s: both calls are made, each by one key',
  async (_how, recover) => {
    for (const moment of await everyMoment('death')) {
      const { trips: _, ...came } = await journey(moment, recover)
      expect.soft({ moment, ...came }).toEqual({ moment, ...GOOD, heard: expect.any(Number) })
      expect.soft(came.heard).toBeLessThanOrEqual(3) // at most the call in whose time it died came twice
    }
    await expectBalance(stage)
  },
  LONG,
)

const GOOD = { statuses: ['done', 'done'], ended: 'end', keys: 2, heard: 2, stored: { n: 7 } }

async function everyMoment(kind: Break['kind']): Promise<ReturnType<typeof momentsOf>> {
  const { trips, ...good } = await journey({ at: 0, stored: false, kind })
  expect(good).toEqual(GOOD)
  return momentsOf(trips, kind)
}

let journeys = 0
/** One member's journey with one bad moment, and what came of their calls. */
async function journey(moment: Break, recover?: Recovery) {
  const { play, db, server } = stage
  const { workspace } = server
  const [member = ''] = await play.enlist(`caller${(journeys += 1)}`, 1)
  shop.requests.splice(0)
  shop.plan({ answer: 200, body: '{"n": 7}' }, { answer: 200, body: '{"n": 7}' })
  await play.tell('Begin', [member])
  const breaking = breakingDb(db, moment)
  const first = await openEngine(breaking, workspace)
  const { caller, madeAll } = watch(first.engine.caller)
  const engine = { ...first.engine, caller, onFault: () => {} }
  await Promise.race([carry({ engine, workspace, db }), breaking.died])
  await madeAll()
  if (recover) await takeOver(engine, { db, workspace }, recover)
  else await first.close()
  const [enrollment] = await stage.books.enrollments({ member })
  const [variables] = await stage.rows<{ journey: unknown }>('select journey from enrollment where id = $1', [
    enrollment?.id,
  ])
  return {
    trips: breaking.trips,
    statuses: (await callsOf(stage, member)).map(({ status }) => status),
    ended: enrollment?.reason?.code,
    keys: new Set(shop.requests.map(({ headers }) => headers['idempotency-key'])).size,
    heard: shop.requests.length,
    stored: variables?.journey,
  }
}

/** What a process had sent when it died arrives all the same. */
function watch(caller: Caller): { caller: Caller; madeAll: () => Promise<unknown> } {
  const underWay: Promise<unknown>[] = []
  const call: Caller['call'] = (prepared) => {
    const came = caller.call(prepared)
    underWay.push(came)
    return came
  }
  return { caller: { ...caller, call }, madeAll: () => Promise.all(underWay) }
}
