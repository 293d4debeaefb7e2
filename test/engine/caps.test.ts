import { beforeEach, afterEach, expect, test } from 'vitest'
import type { FrequencyCap } from '../../flow/facts.ts'
import { expectBalance } from './balance.ts'
import { timeIn, zoneAtNoon } from './clock.ts'
import { ALLOW_TWICE, drawing, send } from './drawing.ts'
import { granted, somebody } from './people.ts'
import { journeysOf, messagesOf } from './story.ts'
import { openEngine } from './open-engine.ts'
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
