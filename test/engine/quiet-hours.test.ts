import { afterEach, beforeEach, expect, test } from 'vitest'
import { overslept } from '../../activities/effects/overslept.ts'
import { NOW } from '../flow/scene.ts'
import { standing } from '../flow/standing.ts'
import { expectBalance } from './balance.ts'
import { counts, openCapped, somebodyNew, win } from './capping.ts'
import { timeIn, zoneAtNoon } from './clock.ts'
import { drawing, send } from './drawing.ts'
import { during } from './slow-provider.ts'
import { journeysOf, messagesOf } from './story.ts'
import type { World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await openCapped()
})
afterEach(async () => {
  await expectBalance(world)
  await world.close()
})

test('in quiet hours members rest until they end on their own clock', async () => {
  const zone = zoneAtNoon()
  await world.settings({ quietHours: { from: timeIn(zone, -1), to: timeIn(zone, 2) } })
  const ana = await somebodyNew(world)
  const bob = await somebodyNew(world, { timeZone: zoneAtNoon(Date.now() + 6 * 3_600_000) })
  await win(world, ana)
  await win(world, bob)
  await world.carry()
  expect(await counts(world, ana)).toEqual({ sent: 0, rests: ['quiet-hours'] })
  expect(await counts(world, bob)).toEqual({ sent: 1, rests: [] })
})

test('who wakes when quiet hours end is looked at afresh: a consent revoked meanwhile refuses the message', async () => {
  const zone = zoneAtNoon()
  await world.settings({ quietHours: { from: timeIn(zone, -1), to: timeIn(zone, 2) } })
  const ana = await somebodyNew(world)
  await win(world, ana)
  await world.carry()
  const revoked = { topic: 'prizes', channel: 'email', state: 'revoked', source: 'link' }
  await world.put({ externalId: ana, consents: [revoked] })
  await world.settings({ quietHours: null })
  await world.later('PT3H')
  expect(await counts(world, ana)).toEqual({ sent: 0, rests: [] })
  expect((await journeysOf(world, ana))[0]?.steps.at(-1)).toMatchObject({
    outcome: 'failed',
    candidates: [{ channel: 'email', refused: { code: 'consent-revoked' } }],
  })
})

test('a message that has waited for its turn into quiet hours is not handed over', () => {
  const scene = standing({ workspace: { quietHours: { from: '11:01', to: '12:00' } } })
  const job = (at: number) => overslept({ message: { channel: 'email' }, scene }, at)
  expect([job(NOW + 500), job(NOW + 59_000), job(NOW + 61_000)]).toEqual([false, false, true])
})

test('quiet hours that begin while messages stand in line keep those back that have not left', async () => {
  const zone = zoneAtNoon()
  const ana = await somebodyNew(world)
  during(world.engine, 'prepare', async () => {
    await world.settings({ sending: false, quietHours: { from: timeIn(zone, -1), to: timeIn(zone, 2) } })
  })
  await win(world, ana)
  await world.carry()
  await world.settings({ sending: true })
  await world.carry()
  expect(await messagesOf(world, ana)).toMatchObject([{ status: 'pending' }])
  expect(await counts(world, ana)).toEqual({ sent: 1, rests: ['quiet-hours'] })
})

test('who moves to where it is day gets the message at once', async () => {
  const zone = zoneAtNoon()
  await world.settings({ quietHours: { from: timeIn(zone, -1), to: timeIn(zone, 2) } })
  const ana = await somebodyNew(world)
  await win(world, ana)
  await world.carry()
  expect(await counts(world, ana)).toEqual({ sent: 0, rests: ['quiet-hours'] })
  await world.put({ externalId: ana, timeZone: zoneAtNoon(Date.now() - 6 * 3_600_000) })
  await world.carry()
  expect(await counts(world, ana)).toEqual({ sent: 1, rests: [] })
})

test('of several channels those that are not quiet are used', async () => {
  const zone = zoneAtNoon()
  await world.publish(drawing({ both: send('all', ['email', 'sms']) }, { on: { event: 'Both' } }))
  const ana = await somebodyNew(world)
  const channels = ['sms' as const]
  during(world.engine, 'prepare', async () => {
    await world.settings({
      sending: false,
      quietHours: { from: timeIn(zone, -1), to: timeIn(zone, 2), channels },
    })
  })
  await win(world, ana, { event: 'Both' })
  await world.carry()
  await world.settings({ sending: true })
  await world.carry()
  const sent = (await messagesOf(world, ana)).map(({ channel, status }) => `${channel} ${status}`)
  expect(sent).toEqual(['email sent', 'sms pending'])
  await world.settings({ quietHours: null })
  await world.carry()
  expect((await messagesOf(world, ana)).map((one) => one.status)).toEqual(['sent', 'sent'])
})
