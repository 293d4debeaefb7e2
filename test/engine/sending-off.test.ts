import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { readSettingsRevision, replaceSettings } from '../../db/settings.ts'
import { expectBalance } from './balance.ts'
import { timeIn, zoneAtNoon } from './clock.ts'
import { drawing, send } from './drawing.ts'
import { somebody } from './people.ts'
import { journeysOf, ledgerOf, messagesOf, traceOf } from './story.ts'
import { openWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await world.publish(drawing({ mail: send('fixed', ['email', 'sms']) }))
})
afterEach(() => expectBalance(world))
afterAll(() => world.close())

async function winner(change: object = {}): Promise<string> {
  const member = somebody(change)
  await world.put(member)
  await world.post('Won', member.externalId)
  return member.externalId
}

test('while sending is switched off nothing leaves, members rest; switched on again, it goes on', async () => {
  await world.settings({ sending: false })
  const ana = await winner()
  await world.carry()
  expect(await journeysOf(world, ana)).toMatchObject([
    { node: 'mail', state: 'resting', code: 'sending-off' },
  ])
  await world.later('P30D')
  expect(await ledgerOf(world, ana)).toEqual([])
  await world.settings({ sending: true })
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
  expect(await traceOf(world, ana)).toEqual([
    'start next entered',
    'mail resting sending-off',
    'mail sent hop',
    'mail next reached',
  ])
})

test('a retry that comes due while sending is switched off waits for the switch', async () => {
  const ana = await winner({ email: 'sim-not-sent@members.example' })
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['mail email pending'])
  await world.settings({ sending: false })
  await world.later('PT1M')
  expect(await journeysOf(world, ana)).toMatchObject([{ state: 'resting', code: 'sending-off' }])
  const [attempts] = await attemptsOf(ana)
  await world.settings({ sending: true })
  await world.carry()
  expect(await attemptsOf(ana)).toEqual([Number(attempts) + 1])
})

test('an opt-out while members rest wins over the switch', async () => {
  await world.settings({ sending: false })
  const ana = await winner()
  await world.carry()
  const revoked = { topic: 'prizes', channel: 'email', state: 'revoked', source: 'link' }
  await world.put({ externalId: ana, consents: [revoked] })
  await world.settings({ sending: true })
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['mail sms sent'])
})

test('a decision that is being made while sending is switched on rests nobody for good', async () => {
  await world.settings({ sending: false })
  const ana = await winner()
  const [held, commit] = signal()
  const [switched, onSwitch] = signal()
  const switching = world.within(async (tx) => {
    const { revision } = await readSettingsRevision(tx)
    await replaceSettings(tx, { changes: { sending: true }, revision, actor: 'test' })
    onSwitch()
    await held
  })
  await switched
  const carrying = world.carry()
  await somebodyWaitsForALock()
  commit()
  await Promise.all([switching, carrying])
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

test('everything but the sends goes on while sending is switched off', async () => {
  await world.settings({ sending: false })
  const before = (await messagesOf(world)).length
  const bob = await winner({ consents: [] })
  await world.carry()
  expect(await journeysOf(world, bob)).toMatchObject([{ state: 'ended' }])
  expect(await messagesOf(world)).toHaveLength(before)
  await world.settings({ sending: true })
})

async function attemptsOf(member: string): Promise<number[]> {
  const rows = await world.rows<{ attempt: number }>(
    'select attempt from message where member = (select id from member where external_id = $1)',
    [member],
  )
  return rows.map((row) => row.attempt)
}

function signal(): [Promise<void>, () => void] {
  const { promise, resolve } = Promise.withResolvers<void>()
  return [promise, resolve]
}

async function somebodyWaitsForALock(): Promise<void> {
  const waiting = `select 1 from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()`
  while ((await world.rows(waiting)).length === 0) await pause(5)
}

test('quiet hours that are lifted hold nobody any longer', async () => {
  const zone = zoneAtNoon()
  await world.settings({ quietHours: { from: timeIn(zone, -1), to: timeIn(zone, 3) }, timeZone: zone })
  const ana = await winner({ timeZone: zone })
  await world.carry()
  expect(await journeysOf(world, ana)).toMatchObject([{ state: 'resting', code: 'quiet-hours' }])
  await world.settings({ quietHours: null })
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

test('a cap that is raised lets those go who rested for it', async () => {
  const ana = await winner()
  await world.carry()
  await world.settings({ frequencyCaps: [{ max: 1, per: 'month', window: 'rolling' }] })
  await world.post('Won', ana)
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
  await world.settings({ frequencyCaps: [{ max: 2, per: 'month', window: 'rolling' }] })
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent', 'mail email sent'])
  await world.settings({ frequencyCaps: [] })
})
