import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { finish } from '../../activities/finish.ts'
import { eraseMember } from '../../db/erasure.ts'
import { pauseFlow, resumeFlow, stopFlow } from '../../db/flow-acts.ts'
import { holdFlow } from '../../db/flows.ts'
import { freeWalk, lapsedWalks } from '../../db/hot/free.ts'
import { closeLease } from '../../db/hot/leases.ts'
import { startDomainSystem, type Behaviour, type DomainSystem } from '../support/domain-system.ts'
import { expectBalance } from './balance.ts'
import { callsOf, carryThrough, webhook } from './calls.ts'
import { drawing, send, waitFor } from './drawing.ts'
import { openEngine } from './open-engine.ts'
import { somebody } from './people.ts'
import { journeysOf, ledgerOf, toldOf, traceOf } from './story.ts'
import { openWorld, type World } from './world.ts'

const CLOSED = { event: 'Closed', count: { op: '>=', n: 1 }, since: 'entry' }

let world: World
let shop: DomainSystem
beforeAll(async () => {
  ;[world, shop] = await Promise.all([openWorld(), startDomainSystem()])
})
beforeEach(() => void shop.requests.splice(0))
afterEach(() => expectBalance(world))
afterAll(() => Promise.all([world.close(), shop.close()]))

const host = () => `127.0.0.1:${shop.port}`
const keysHeard = () => shop.requests.map(({ headers }) => headers['idempotency-key'])
const underWay = () => vi.waitUntil(() => shop.held() === 1, { timeout: 20_000, interval: 5 })
const TAKEN = { 'journey.x': 'x' }
const SAYS_X = '{"x": "Ana"}'
/** What the newest journey was told. */
const stored = () =>
  world
    .rows<{ journey: unknown }>('select journey from enrollment order by id desc limit 1')
    .then(([row]) => row?.journey)

let flow: number
let ana: string
/** Somebody who enters a flow that calls the shop, rests for a day and writes to them; nobody carries them yet. */
async function entered(more: object = {}, request: object = {}): Promise<void> {
  const event = `Bad-${Math.random()}`
  const nodes = {
    tell: webhook(shop.url, request, more),
    pause: waitFor('P1D'),
    write: send('fixed', ['sms']),
  }
  flow = await world.publish(drawing(nodes, { on: { event }, settings: { exitWhen: CLOSED } }))
  const person = somebody()
  ana = person.externalId
  await world.put(person)
  await world.post(event, ana)
}

/** They are called, while this happens after the request has arrived; then the shop answers. */
async function meanwhile(act: () => Promise<unknown>, more: object = {}): Promise<void> {
  await entered(more)
  shop.plan('hang')
  const carried = world.carry()
  await underWay()
  await act()
  shop.release(SAYS_X)
  await carried
  await carryThrough(world)
}

async function answered(...behaviours: Behaviour[]): Promise<void> {
  await entered()
  shop.plan(...behaviours)
  await carryThrough(world)
}

test('an error of the other system three times, then an answer: tried later and later, by one key', async () => {
  await answered({ answer: 500 }, { answer: 502 }, { answer: 503 })
  for (const wait of ['PT1S', 'PT5S', 'PT30S']) {
    expect(await journeysOf(world, ana)).toMatchObject([{ node: 'tell', state: 'resting', code: 'retry' }])
    await world.later(wait)
  }
  expect(await callsOf(world, ana)).toMatchObject([{ status: 'done', attempt: 4, response: 200 }])
  expect(keysHeard()).toHaveLength(4)
  expect(new Set(keysHeard()).size).toBe(1)
  expect(await traceOf(world, ana)).toEqual([
    'start next entered',
    'tell sent call',
    ...Array.from({ length: 3 }, () => 'tell resting retry'),
    'tell next called',
    'pause resting wait',
  ])
})

test('a system that stays broken is given up after six tries, and the step says so', async () => {
  await answered(...Array.from({ length: 6 }, () => ({ answer: 500 })))
  for (const wait of ['PT1S', 'PT5S', 'PT30S', 'PT2M', 'PT10M']) await world.later(wait)
  expect((await toldOf(world, ana)).at(-1)).toBe(
    `tell: Failed to call ${host()}: it answered 500 (tried 6 times).`,
  )
  expect(keysHeard()).toHaveLength(6)
})

test('a system that asks for time is given it', async () => {
  await answered({ answer: 429, headers: { 'retry-after': '90' } })
  const [call] = await callsOf(world, ana)
  expect(call).toMatchObject({ status: 'pending', response: 429 })
  await world.later('PT80S')
  expect(keysHeard()).toHaveLength(1)
  await world.later('PT10S')
  expect(await callsOf(world, ana)).toMatchObject([{ status: 'done', attempt: 2 }])
})

test.each(['hang', 'drip', 'cut-before', 'cut-after', 'cut-within', 'babble'] as const)(
  'a system that does %s is called again, and the member goes on',
  async (behaviour) => {
    await entered({ timeout: 'PT1S' })
    shop.plan(behaviour, behaviour) // a kept connection that is cut is made anew at once: that is no try
    await carryThrough(world)
    expect(await callsOf(world, ana)).toMatchObject([{ status: 'pending', attempt: 1, response: null }])
    shop.plan()
    shop.release()
    await world.later('PT1S')
    expect(await callsOf(world, ana)).toMatchObject([{ status: 'done', attempt: 2 }])
    expect(await journeysOf(world, ana)).toMatchObject([{ node: 'pause', state: 'resting' }])
  },
)

test('a redirect is not followed, wherever it leads', async () => {
  await answered({ answer: 302, headers: { location: 'http://169.254.169.254/latest/meta-data' } })
  expect(await callsOf(world, ana)).toMatchObject([{ status: 'failed', attempt: 1, response: 302 }])
  expect((await toldOf(world, ana)).at(-1)).toContain('a redirect, and none is followed')
})

test.each<[string, Behaviour]>([
  ['ten megabytes', 'flood'],
  ['no JSON', { answer: 200, body: '<html>' }],
])('an answer of %s takes the member on, storing nothing, and the step says so', async (_, behaviour) => {
  await entered({ store: TAKEN })
  shop.plan(behaviour)
  await carryThrough(world)
  expect(await callsOf(world, ana)).toMatchObject([{ status: 'done', response: 200 }])
  expect((await toldOf(world, ana))[2]).toMatch(/it answered 200, but nothing was stored/)
})

test('one system that hangs holds up nobody who is called at another', async () => {
  const other = await startDomainSystem()
  const event = 'Both'
  const slow = { field: 'member.slow', op: 'eq', value: true }
  const nodes = {
    which: { kind: 'condition', if: slow, exits: { yes: 'tell', no: 'also' } },
    tell: { ...webhook(shop.url), exits: { next: null, failed: null } },
    also: webhook(other.url),
  }
  await world.publish(drawing(nodes, { on: { event } }))
  const people = [...Array.from({ length: 40 }, () => somebody({ attributes: { slow: true } })), somebody()]
  await world.put(...people)
  shop.plan(...people.slice(1).map((): Behaviour => 'hang'))
  for (const { externalId } of people) await world.post(event, externalId)
  const carried = world.carry()
  const slowOnes = 32 // as many as are called at one system at a time
  const bothHeard = () => shop.held() === slowOnes && other.requests.length === 1
  await vi.waitUntil(bothHeard, { timeout: 20_000, interval: 5 })
  expect(shop.requests).toHaveLength(slowOnes)
  shop.plan()
  shop.release()
  await carried
  await carryThrough(world)
  await other.close()
})

test('a process that dies in mid-call: another one calls again, by the same key', async () => {
  await entered()
  const dying = await openEngine(world.db, world.workspace)
  const { caller } = dying.engine
  dying.engine.caller = {
    ...caller,
    call: (prepared) => caller.call(prepared).then(() => new Promise(() => {})),
  }
  shop.plan('hang')
  void dying.carryAll()
  await underWay()
  await world.db.outside((tx) => closeLease(tx, dying.engine.lease()))
  for (const { id } of await world.db.outside(lapsedWalks)) await world.within((tx) => freeWalk(tx, id))
  await carryThrough(world)
  expect(await callsOf(world, ana)).toMatchObject([{ status: 'done', attempt: 2 }])
  expect(keysHeard()).toHaveLength(2)
  expect(new Set(keysHeard()).size).toBe(1)
  shop.release()
})

test('while one walk calls, no other calls for the same member, also after a retry of the walk', async () => {
  const second = await openEngine(world.db, world.workspace)
  await meanwhile(async () => {
    await second.carryAll()
    const walks = await world.db.outside((tx) => tx.rows<{ id: number }>('select id from walk'))
    expect(walks).toHaveLength(1)
    const other = new MockActivityEnvironment().run(finish, second.engine, walks[0]?.id ?? 0)
    await vi.waitUntil(async () => (await leaseOf(walks[0]?.id)) === second.engine.lease(), {
      timeout: 20_000,
    })
    expect(shop.requests).toHaveLength(1)
    shop.release()
    await other
  })
  await second.close()
  expect(await callsOf(world, ana)).toMatchObject([{ status: 'done', attempt: 1 }])
})

async function leaseOf(walk = 0): Promise<number | undefined> {
  const [row] = await world.db.outside((tx) =>
    tx.rows<{ lease: number }>('select lease from walk where id = $1', [walk]),
  )
  return row?.lease
}

test('an answer that takes its time is stored all the same', async () => {
  await meanwhile(() => Promise.resolve(), { store: TAKEN })
  expect(await stored()).toEqual({ x: 'Ana' })
})

test('an exit while the call is under way ends the journey as soon as it is answered, storing nothing', async () => {
  await meanwhile(() => world.post('Closed', ana), { store: TAKEN })
  expect(await callsOf(world, ana)).toMatchObject([{ status: 'done' }])
  expect(await journeysOf(world, ana)).toMatchObject([
    { node: 'tell', state: 'ended', code: 'exit-criteria' },
  ])
})

test('a flow that is stopped while a call is under way lets the member out as soon as it is answered', async () => {
  await meanwhile(() => world.within((tx) => stopFlow(tx, flow, 'exit')))
  expect(await journeysOf(world, ana)).toMatchObject([{ state: 'ended', code: 'flow-stopped' }])
})

test('a member who is erased while the call is under way is not written about any more', async () => {
  await entered({ store: TAKEN })
  shop.plan('hang')
  const carried = world.carry()
  await underWay()
  const pseudonym = await world.within((tx) => eraseMember(tx, ana))
  shop.release(SAYS_X)
  await carried
  await carryThrough(world)
  expect(await journeysOf(world, pseudonym ?? '')).toMatchObject([{ state: 'ended', code: 'erased' }])
  expect(await stored()).toBeNull()
})

test.each<[string, () => Promise<unknown>, string]>([
  ['an exit', () => world.post('Closed', ana), 'exit-criteria'],
  ['a stop', () => world.within((tx) => stopFlow(tx, flow, 'exit')), 'flow-stopped'],
])('%s between two tries: the call is never made again', async (_, act, code) => {
  await answered({ answer: 500 })
  await act()
  await world.later('PT1H')
  expect(keysHeard()).toHaveLength(1)
  expect(await callsOf(world, ana)).toMatchObject([{ status: 'failed', reason: { code }, retryInMs: null }])
})

test('a flow that is paused between two tries calls nobody until it is resumed', async () => {
  await answered({ answer: 500 })
  await world.within(async (tx) => pauseFlow(tx, await holdFlow(tx, flow)))
  await world.later('PT1H')
  expect(keysHeard()).toHaveLength(1)
  await world.within(async (tx) => resumeFlow(tx, await holdFlow(tx, flow), 'shift'))
  await carryThrough(world)
  await world.later('PT1H')
  expect(await callsOf(world, ana)).toMatchObject([{ status: 'done', attempt: 2 }])
})

test('an opt-out and a switched-off sending hold back messages, not what other systems are told', async () => {
  await world.settings({ sending: false })
  await answered()
  expect(await callsOf(world, ana)).toMatchObject([{ status: 'done' }])
  await world.later('P1D')
  expect(await ledgerOf(world, ana)).toEqual([])
  await world.settings({ sending: true })
})
