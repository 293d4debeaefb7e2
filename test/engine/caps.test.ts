import { afterEach, beforeEach, expect, test } from 'vitest'
import { expectBalance } from './balance.ts'
import { counts, daily, openCapped, somebodyNew, win } from './capping.ts'
import { ALLOW_TWICE, drawing, send } from './drawing.ts'
import { openEngine } from './open-engine.ts'
import { granted } from './people.ts'
import { messagesOf } from './story.ts'
import type { World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await openCapped()
})
afterEach(async () => {
  await expectBalance(world)
  await world.close()
})

test('a cap lets exactly so many messages leave; the others rest and leave when there is room', async () => {
  await world.settings({ frequencyCaps: [daily(2)] })
  const ana = await somebodyNew(world)
  await win(world, ana, { times: 3 })
  await world.carry()
  expect(await counts(world, ana)).toEqual({ sent: 2, rests: ['frequency-cap'] })
  await world.later('PT23H')
  expect(await counts(world, ana)).toEqual({ sent: 2, rests: ['frequency-cap'] })
  await world.later('PT61M')
  expect(await counts(world, ana)).toEqual({ sent: 3, rests: [] })
})

test('two journeys of one member in one batch share the cap', async () => {
  await world.settings({ frequencyCaps: [daily(1)] })
  const ana = await somebodyNew(world)
  await win(world, ana, { times: 2 })
  await world.carry()
  expect(await counts(world, ana)).toEqual({ sent: 1, rests: ['frequency-cap'] })
})

test('one member’s messages leave another’s cap alone', async () => {
  await world.settings({ frequencyCaps: [daily(1)] })
  const [ana, bob] = [await somebodyNew(world), await somebodyNew(world)]
  await win(world, ana)
  await win(world, bob)
  await world.carry()
  expect([await counts(world, ana), await counts(world, bob)]).toEqual([
    { sent: 1, rests: [] },
    { sent: 1, rests: [] },
  ])
})

test('a daily cap begins anew at midnight on the member’s clock', async () => {
  await world.settings({ frequencyCaps: [daily(1, { window: 'calendar' })] })
  const ana = await somebodyNew(world)
  await win(world, ana, { times: 2 })
  await world.carry()
  await world.later('PT11H')
  expect(await counts(world, ana)).toEqual({ sent: 1, rests: ['frequency-cap'] })
  await world.later('PT3H')
  expect(await counts(world, ana)).toEqual({ sent: 2, rests: [] })
})

test.each([
  ['week', 'P7D'],
  ['month', 'P31D'],
] as const)('a calendar cap per %s begins anew with the next one', async (per, length) => {
  await world.settings({ frequencyCaps: [daily(1, { per, window: 'calendar' })] })
  const ana = await somebodyNew(world)
  await win(world, ana, { times: 2 })
  await world.carry()
  expect((await counts(world, ana)).sent).toBe(1)
  await world.later(length)
  expect((await counts(world, ana)).sent).toBe(2)
})

test.each([
  ['week', 'P6D', 'PT25H'],
  ['month', 'P29D', 'PT25H'],
] as const)('a rolling cap per %s has room again when its length has passed', async (per, before, rest) => {
  await world.settings({ frequencyCaps: [daily(1, { per })] })
  const ana = await somebodyNew(world)
  await win(world, ana, { times: 2 })
  await world.carry()
  await world.later(before)
  expect((await counts(world, ana)).sent).toBe(1)
  await world.later(rest)
  expect((await counts(world, ana)).sent).toBe(2)
})

test('a cap on one channel or topic leaves the others free', async () => {
  await world.publish(drawing({ tell: send('fixed', ['sms']) }, { on: { event: 'ByPhone' } }))
  const offers = { settings: { topic: 'offers' }, on: { event: 'Offer' } }
  await world.publish(drawing({ tell: send('fixed', ['email']) }, offers))
  await world.settings({ frequencyCaps: [daily(1, { channel: 'email', topic: 'prizes' })] })
  const offered = { topic: 'offers', channel: 'email', state: 'granted', source: 'form' }
  const ana = await somebodyNew(world, { consents: [...granted('email', 'sms'), offered] })
  await win(world, ana, { times: 2 })
  await win(world, ana, { event: 'ByPhone' })
  await win(world, ana, { event: 'Offer' })
  await world.carry()
  expect(await counts(world, ana)).toEqual({ sent: 3, rests: ['frequency-cap'] })
})

test('transactional messages neither wait for a cap nor count towards it', async () => {
  const transactional = {
    settings: { purpose: 'transactional', topic: null, ...ALLOW_TWICE },
    on: { event: 'Code' },
  }
  await world.publish(drawing({ tell: send('fixed', ['email']) }, transactional))
  await world.settings({ frequencyCaps: [daily(1)] })
  const ana = await somebodyNew(world)
  await win(world, ana, { times: 2, event: 'Code' })
  await win(world, ana)
  await world.carry()
  expect(await counts(world, ana)).toEqual({ sent: 3, rests: [] })
})

test('a message that was rejected leaves its place under the cap; one of unknown outcome keeps it', async () => {
  await world.settings({ frequencyCaps: [daily(1)] })
  const ana = await somebodyNew(world, { email: 'sim-content@members.example' })
  await win(world, ana, { times: 2 })
  await world.carry()
  expect((await messagesOf(world, ana)).map((one) => one.status)).toEqual(['failed', 'failed'])
  const bob = await somebodyNew(world, { email: 'sim-unknown@members.example' })
  await win(world, bob, { times: 2 })
  await world.carry()
  expect((await messagesOf(world, bob)).map((one) => one.status)).toEqual(['unknown'])
})

test('eight engines at once keep a cap of three exactly: of twelve messages three leave, nine rest', async () => {
  for (let n = 0; n < 12; n += 1) {
    await world.publish(drawing({ tell: send('fixed', ['email']) }, { on: { event: 'Everything' } }))
  }
  await world.settings({ frequencyCaps: [daily(3)] })
  const ana = await somebodyNew(world)
  const engines = await Promise.all(Array.from({ length: 8 }, () => openEngine(world.db, world.workspace)))
  await win(world, ana, { event: 'Everything' })
  await Promise.all(engines.map((engine) => engine.carryAll()))
  expect(await counts(world, ana)).toEqual({ sent: 3, rests: Array(9).fill('frequency-cap') })
  for (const sent of [6, 9, 12]) {
    await engines[0]?.letTimePass(86_401_000)
    await Promise.all(engines.map((engine) => engine.carryAll()))
    expect((await counts(world, ana)).sent).toBe(sent)
  }
  await Promise.all(engines.map((engine) => engine.close()))
})

test('every channel of one send counts, and all rest together while there is room for one', async () => {
  await world.publish(drawing({ both: send('all', ['email', 'sms']) }, { on: { event: 'Both' } }))
  await world.settings({ frequencyCaps: [daily(2)] })
  const ana = await somebodyNew(world)
  await win(world, ana)
  await win(world, ana, { event: 'Both' })
  await world.carry()
  expect(await counts(world, ana)).toEqual({ sent: 1, rests: ['frequency-cap'] })
  await world.later('P1D')
  await world.later('PT1S')
  expect(await counts(world, ana)).toEqual({ sent: 3, rests: [] })
})

test('a transactional flow that heeds caps waits for those of others, and takes no room itself', async () => {
  const settings = { purpose: 'transactional', topic: null, frequencyCap: 'respect', ...ALLOW_TWICE }
  await world.publish(drawing({ both: send('all', ['email', 'sms']) }, { settings, on: { event: 'Code' } }))
  await world.settings({ frequencyCaps: [daily(1)] })
  const ana = await somebodyNew(world)
  await win(world, ana, { times: 2, event: 'Code' })
  await world.carry()
  expect(await counts(world, ana)).toEqual({ sent: 4, rests: [] })
  await win(world, ana)
  await win(world, ana, { event: 'Code' })
  await world.carry()
  expect(await counts(world, ana)).toEqual({ sent: 5, rests: ['frequency-cap'] })
})

test('a marketing flow that ignores caps is held by none, and counts towards those of others', async () => {
  const settings = { frequencyCap: 'ignore', ...ALLOW_TWICE }
  await world.publish(drawing({ tell: send('fixed', ['sms']) }, { settings, on: { event: 'Urgent' } }))
  await world.settings({ frequencyCaps: [daily(1)] })
  const ana = await somebodyNew(world)
  await win(world, ana, { times: 3, event: 'Urgent' })
  await world.carry()
  await win(world, ana)
  await world.carry()
  expect(await counts(world, ana)).toEqual({ sent: 3, rests: ['frequency-cap'] })
})
