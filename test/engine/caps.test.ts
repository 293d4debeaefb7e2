import { beforeEach, afterEach, expect, test } from 'vitest'
import { resolveMessage } from '../../db/resolve.ts'
import type { FrequencyCap } from '../../flow/facts.ts'
import { expectBalance } from './balance.ts'
import { timeIn, zoneAtNoon } from './clock.ts'
import { ALLOW_TWICE, drawing, send } from './drawing.ts'
import { granted, somebody } from './people.ts'
import { journeysOf, messagesOf } from './story.ts'
import { openEngine } from './open-engine.ts'
import { during } from './slow-provider.ts'
import { openWorld, type World } from './world.ts'

const daily = (max: number, more: Partial<FrequencyCap> = {}): FrequencyCap => ({
  max,
  per: 'day',
  window: 'rolling',
  ...more,
})

let world: World
beforeEach(async () => {
  world = await openWorld()
  await world.publish(drawing({ tell: send('fixed', ['email']) }, { settings: ALLOW_TWICE }))
})
afterEach(async () => {
  await expectBalance(world)
  await world.close()
})

async function somebodyNew(change: object = {}): Promise<string> {
  const member = somebody({ timeZone: zoneAtNoon(), ...change })
  await world.put(member)
  return member.externalId
}

async function win(member: string, times = 1, event = 'Won'): Promise<void> {
  for (let n = 0; n < times; n += 1) await world.post(event, member)
}

/** How many messages went to them, and how many journeys rest with which reason. */
async function counts(member: string) {
  const journeys = await journeysOf(world, member)
  const rests = journeys.filter((one) => one.state === 'resting').map((one) => one.code)
  return { sent: (await messagesOf(world, member)).length, rests }
}

test('a cap lets exactly so many messages leave; the others rest and leave when there is room', async () => {
  await world.settings({ frequencyCaps: [daily(2)] })
  const ana = await somebodyNew()
  await win(ana, 3)
  await world.carry()
  expect(await counts(ana)).toEqual({ sent: 2, rests: ['frequency-cap'] })
  await world.later('PT23H')
  expect(await counts(ana)).toEqual({ sent: 2, rests: ['frequency-cap'] })
  await world.later('PT61M')
  expect(await counts(ana)).toEqual({ sent: 3, rests: [] })
})

test('two journeys of one member in one batch share the cap', async () => {
  await world.settings({ frequencyCaps: [daily(1)] })
  const ana = await somebodyNew()
  await win(ana, 2)
  await world.carry()
  expect(await counts(ana)).toEqual({ sent: 1, rests: ['frequency-cap'] })
})

test('one member’s messages leave another’s cap alone', async () => {
  await world.settings({ frequencyCaps: [daily(1)] })
  const [ana, bob] = [await somebodyNew(), await somebodyNew()]
  await win(ana)
  await win(bob)
  await world.carry()
  expect([await counts(ana), await counts(bob)]).toEqual([
    { sent: 1, rests: [] },
    { sent: 1, rests: [] },
  ])
})

test('a daily cap begins anew at midnight on the member’s clock', async () => {
  await world.settings({ frequencyCaps: [daily(1, { window: 'calendar' })] })
  const ana = await somebodyNew()
  await win(ana, 2)
  await world.carry()
  await world.later('PT11H')
  expect(await counts(ana)).toEqual({ sent: 1, rests: ['frequency-cap'] })
  await world.later('PT3H')
  expect(await counts(ana)).toEqual({ sent: 2, rests: [] })
})

test.each([
  ['week', 'P7D'],
  ['month', 'P31D'],
] as const)('a calendar cap per %s begins anew with the next one', async (per, length) => {
  await world.settings({ frequencyCaps: [daily(1, { per, window: 'calendar' })] })
  const ana = await somebodyNew()
  await win(ana, 2)
  await world.carry()
  expect((await counts(ana)).sent).toBe(1)
  await world.later(length)
  expect((await counts(ana)).sent).toBe(2)
})

test.each([
  ['week', 'P6D', 'PT25H'],
  ['month', 'P29D', 'PT25H'],
] as const)('a rolling cap per %s has room again when its length has passed', async (per, before, rest) => {
  await world.settings({ frequencyCaps: [daily(1, { per })] })
  const ana = await somebodyNew()
  await win(ana, 2)
  await world.carry()
  await world.later(before)
  expect((await counts(ana)).sent).toBe(1)
  await world.later(rest)
  expect((await counts(ana)).sent).toBe(2)
})

test('a cap on one channel or topic leaves the others free', async () => {
  await world.publish(drawing({ tell: send('fixed', ['sms']) }, { on: { event: 'ByPhone' } }))
  const offers = { settings: { topic: 'offers' }, on: { event: 'Offer' } }
  await world.publish(drawing({ tell: send('fixed', ['email']) }, offers))
  await world.settings({ frequencyCaps: [daily(1, { channel: 'email', topic: 'prizes' })] })
  const offered = { topic: 'offers', channel: 'email', state: 'granted', source: 'form' }
  const ana = await somebodyNew({ consents: [...granted('email', 'sms'), offered] })
  await win(ana, 2)
  await win(ana, 1, 'ByPhone')
  await win(ana, 1, 'Offer')
  await world.carry()
  expect(await counts(ana)).toEqual({ sent: 3, rests: ['frequency-cap'] })
})

test('transactional messages neither wait for a cap nor count towards it', async () => {
  const transactional = {
    settings: { purpose: 'transactional', topic: null, ...ALLOW_TWICE },
    on: { event: 'Code' },
  }
  await world.publish(drawing({ tell: send('fixed', ['email']) }, transactional))
  await world.settings({ frequencyCaps: [daily(1)] })
  const ana = await somebodyNew()
  await win(ana, 2, 'Code')
  await win(ana)
  await world.carry()
  expect(await counts(ana)).toEqual({ sent: 3, rests: [] })
})

test('a message that was rejected leaves its place under the cap; one of unknown outcome keeps it', async () => {
  await world.settings({ frequencyCaps: [daily(1)] })
  const ana = await somebodyNew({ email: 'sim-content@members.example' })
  await win(ana, 2)
  await world.carry()
  expect((await messagesOf(world, ana)).map((one) => one.status)).toEqual(['failed', 'failed'])
  const bob = await somebodyNew({ email: 'sim-unknown@members.example' })
  await win(bob, 2)
  await world.carry()
  expect((await messagesOf(world, bob)).map((one) => one.status)).toEqual(['unknown'])
})

test('eight engines at once keep a cap of three exactly: of twelve messages three leave, nine rest', async () => {
  for (let n = 0; n < 12; n += 1) {
    await world.publish(drawing({ tell: send('fixed', ['email']) }, { on: { event: 'Everything' } }))
  }
  await world.settings({ frequencyCaps: [daily(3)] })
  const ana = await somebodyNew()
  const engines = await Promise.all(Array.from({ length: 8 }, () => openEngine(world.db, world.workspace)))
  await win(ana, 1, 'Everything')
  await Promise.all(engines.map((engine) => engine.carryAll()))
  expect(await counts(ana)).toEqual({ sent: 3, rests: Array(9).fill('frequency-cap') })
  for (const sent of [6, 9, 12]) {
    await engines[0]?.letTimePass(86_401_000)
    await Promise.all(engines.map((engine) => engine.carryAll()))
    expect((await counts(ana)).sent).toBe(sent)
  }
  await Promise.all(engines.map((engine) => engine.close()))
})

/** A message that was claimed and could not leave: sending is switched off in the moment before. */
async function heldBack(member: string): Promise<void> {
  during(world.engine, 'prepare', () => world.settings({ sending: false }))
  await win(member)
  await world.carry()
  expect((await messagesOf(world, member)).map((one) => one.status)).toEqual(['pending'])
}

test('a message that leaves days after it was claimed counts on the day it leaves', async () => {
  await world.settings({ frequencyCaps: [daily(1)] })
  const ana = await somebodyNew()
  await heldBack(ana)
  await world.later('P9D')
  await world.settings({ sending: true })
  await world.carry()
  await win(ana)
  await world.carry()
  expect(await counts(ana)).toEqual({ sent: 1, rests: ['frequency-cap'] })
})

test('a message that was claimed days ago leaves only when there is room on the day', async () => {
  await world.settings({ frequencyCaps: [daily(1)] })
  const ana = await somebodyNew()
  await heldBack(ana)
  await world.later('P9D')
  // On again, but unnoticed by those who rest: whoever comes now is first.
  await world.rows(`update settings set body = body || '{"sending": true}'`)
  await win(ana)
  await world.carry()
  await world.settings({ sending: false })
  await world.settings({ sending: true })
  await world.carry()
  expect(await counts(ana)).toEqual({ sent: 2, rests: ['frequency-cap'] })
  expect((await messagesOf(world, ana)).map((one) => one.status)).toEqual(['pending', 'sent'])
  await world.later('P1D')
  await world.later('PT1S')
  expect((await messagesOf(world, ana)).map((one) => one.status)).toEqual(['sent', 'sent'])
})

test('a message on its way keeps its place while another journey is decided on', async () => {
  await world.settings({ frequencyCaps: [daily(1)] })
  await world.publish(drawing({ tell: send('fixed', ['sms']) }, { on: { event: 'Meanwhile' } }))
  const second = await openEngine(world.db, world.workspace)
  const ana = await somebodyNew()
  during(world.engine, 'prepare', async () => {
    await win(ana, 1, 'Meanwhile')
    await second.carryAll()
  })
  await win(ana)
  await world.carry()
  await second.close()
  expect(await counts(ana)).toEqual({ sent: 1, rests: ['frequency-cap'] })
})

test.each([
  ['a bounce', async (id: number) => world.report(id, 'bounced')],
  [
    'an operator who says that it was never sent',
    async (id: number) =>
      world.within((tx) => resolveMessage(tx, { message: id, as: 'failed', actor: 'test' })),
  ],
])('%s makes room under the cap at once', async (_, fail) => {
  await world.settings({ frequencyCaps: [daily(1)] })
  const ana = await somebodyNew({ email: 'sim-unknown@members.example' })
  await win(ana, 2)
  await world.carry()
  expect(await counts(ana)).toEqual({ sent: 1, rests: ['frequency-cap'] })
  const [first] = await messagesOf(world, ana)
  await fail(first?.id ?? 0)
  await world.carry()
  expect(await counts(ana)).toEqual({ sent: 2, rests: [] })
})

test('a journey that is taken out leaves its place under the cap to the others', async () => {
  await world.settings({ frequencyCaps: [daily(1)] })
  const exitWhen = { event: 'Closed', count: { op: '>=', n: 1 }, since: 'entry' }
  await world.publish(drawing({ tell: send('fixed', ['sms']) }, { on: { event: 'Later' } }))
  await world.publish(
    drawing({ ask: send('fixed', ['email']) }, { settings: { exitWhen }, on: { event: 'Ask' } }),
  )
  const ana = await somebodyNew({ email: 'sim-not-sent@members.example' })
  await win(ana, 1, 'Ask')
  await world.carry()
  await win(ana, 1, 'Later')
  await world.carry()
  expect((await counts(ana)).rests.toSorted()).toEqual(['frequency-cap', 'retry'])
  await world.post('Closed', ana)
  await world.carry()
  expect((await messagesOf(world, ana)).map(({ channel, status }) => `${channel} ${status}`)).toEqual([
    'email failed',
    'sms sent',
  ])
})

test('every channel of one send counts, and all rest together while there is room for one', async () => {
  await world.publish(drawing({ both: send('all', ['email', 'sms']) }, { on: { event: 'Both' } }))
  await world.settings({ frequencyCaps: [daily(2)] })
  const ana = await somebodyNew()
  await win(ana)
  await win(ana, 1, 'Both')
  await world.carry()
  expect(await counts(ana)).toEqual({ sent: 1, rests: ['frequency-cap'] })
  await world.later('P1D')
  await world.later('PT1S')
  expect(await counts(ana)).toEqual({ sent: 3, rests: [] })
})

test('a transactional flow that heeds caps waits for those of others, and takes no room itself', async () => {
  const settings = { purpose: 'transactional', topic: null, frequencyCap: 'respect', ...ALLOW_TWICE }
  await world.publish(drawing({ both: send('all', ['email', 'sms']) }, { settings, on: { event: 'Code' } }))
  await world.settings({ frequencyCaps: [daily(1)] })
  const ana = await somebodyNew()
  await win(ana, 2, 'Code')
  await world.carry()
  expect(await counts(ana)).toEqual({ sent: 4, rests: [] })
  await win(ana)
  await win(ana, 1, 'Code')
  await world.carry()
  expect(await counts(ana)).toEqual({ sent: 5, rests: ['frequency-cap'] })
})

test('a marketing flow that ignores caps is held by none, and counts towards those of others', async () => {
  const settings = { frequencyCap: 'ignore', ...ALLOW_TWICE }
  await world.publish(drawing({ tell: send('fixed', ['sms']) }, { settings, on: { event: 'Urgent' } }))
  await world.settings({ frequencyCaps: [daily(1)] })
  const ana = await somebodyNew()
  await win(ana, 3, 'Urgent')
  await world.carry()
  await win(ana)
  await world.carry()
  expect(await counts(ana)).toEqual({ sent: 3, rests: ['frequency-cap'] })
})

test('a cap that is raised lets those who rest go at once; one that is lowered holds the next', async () => {
  await world.settings({ frequencyCaps: [daily(1)] })
  const ana = await somebodyNew()
  await win(ana, 2)
  await world.carry()
  await world.settings({ frequencyCaps: [daily(2)] })
  await world.carry()
  expect(await counts(ana)).toEqual({ sent: 2, rests: [] })
  await world.settings({ frequencyCaps: [daily(1)] })
  await win(ana)
  await world.carry()
  expect(await counts(ana)).toEqual({ sent: 2, rests: ['frequency-cap'] })
})

test('a cap that is lifted while a decision is being made leaves nobody resting by the old one', async () => {
  await world.settings({ frequencyCaps: [daily(1)] })
  const ana = await somebodyNew()
  await win(ana)
  await world.carry()
  await win(ana)
  const { memory } = world.engine
  // The facts that were read are out of date before the decision is written.
  const workspace = memory.workspace.bind(memory)
  let lifted = false
  world.engine.memory = {
    ...memory,
    async workspace(tx) {
      const facts = await workspace(tx)
      if (!lifted) {
        lifted = true
        await world.settings({ frequencyCaps: [] })
      }
      return facts
    },
  }
  await world.carry()
  world.engine.memory = memory
  expect(await counts(ana)).toEqual({ sent: 2, rests: [] })
})

test('who moves to where a new day has begun gets the next message at once', async () => {
  await world.settings({ frequencyCaps: [daily(1, { window: 'calendar' })] })
  const ana = await somebodyNew()
  await win(ana, 2)
  await world.carry()
  expect(await counts(ana)).toEqual({ sent: 1, rests: ['frequency-cap'] })
  await world.later('PT2H')
  // There it is one in the night, and the first message left at eleven in the evening.
  await world.put({ externalId: ana, timeZone: zoneAtNoon(Date.now() - 13 * 3_600_000) })
  await world.carry()
  expect(await counts(ana)).toEqual({ sent: 2, rests: [] })
})

test('in quiet hours members rest until they end on their own clock', async () => {
  const zone = zoneAtNoon()
  await world.settings({ quietHours: { from: timeIn(zone, -1), to: timeIn(zone, 2) } })
  const ana = await somebodyNew()
  const bob = await somebodyNew({ timeZone: zoneAtNoon(Date.now() + 6 * 3_600_000) })
  await win(ana)
  await win(bob)
  await world.carry()
  expect(await counts(ana)).toEqual({ sent: 0, rests: ['quiet-hours'] })
  expect(await counts(bob)).toEqual({ sent: 1, rests: [] })
})

test('who wakes when quiet hours end is looked at afresh: a consent revoked meanwhile refuses the message', async () => {
  const zone = zoneAtNoon()
  await world.settings({ quietHours: { from: timeIn(zone, -1), to: timeIn(zone, 2) } })
  const ana = await somebodyNew()
  await win(ana)
  await world.carry()
  const revoked = { topic: 'prizes', channel: 'email', state: 'revoked', source: 'link' }
  await world.put({ externalId: ana, consents: [revoked] })
  await world.settings({ quietHours: null })
  await world.later('PT3H')
  expect(await counts(ana)).toEqual({ sent: 0, rests: [] })
  expect((await journeysOf(world, ana))[0]?.steps.at(-1)).toMatchObject({
    outcome: 'failed',
    candidates: [{ channel: 'email', refused: { code: 'consent-revoked' } }],
  })
})
