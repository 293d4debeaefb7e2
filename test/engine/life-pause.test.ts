import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Clocks } from '../../db/flow-acts.ts'
import { actsOn } from './acts.ts'
import { expectBalance } from './balance.ts'
import { timeIn, zoneAtNoon } from './clock.ts'
import { drawing, send, wait, waitFor } from './drawing.ts'
import { somebody } from './people.ts'
import { journeysOf, ledgerOf, messagesOf, traceOf } from './story.ts'
import { openWorld, type World } from './world.ts'

const CLOSED = { event: 'Closed', count: { op: '>=', n: 1 }, since: 'entry' }
const LEAVING = { settings: { exitWhen: CLOSED } }
const CLOCK = { hops: { email: { until: 'delivered', fallbackAfter: 'PT2H' } } }
const RESUMES: Clocks[] = ['shift', 'catch-up', 'drop']

let world: World
let acts: ReturnType<typeof actsOn>
let flow: number
let flows = 0
beforeAll(async () => {
  world = await openWorld()
  acts = actsOn(world)
})
afterEach(async () => {
  await expectBalance(world)
  await world.settings({ sending: true, quietHours: null, frequencyCaps: [] })
  await acts.stop(flow, 'exit')
  await world.carry()
})
afterAll(() => world.close())

/** A flow of these steps, and a member who is carried as far as they come. */
async function begin(nodes: Parameters<typeof drawing>[0], change: object = {}): Promise<string> {
  const on = { event: `Won${(flows += 1)}` }
  flow = await world.publish(drawing(nodes, { ...LEAVING, on }))
  return enter(change)
}

async function enter(change: object = {}): Promise<string> {
  const member = somebody(change)
  await world.put(member)
  await world.post(`Won${flows}`, member.externalId)
  await world.carry()
  return member.externalId
}

const PAUSE_THEN_MAIL = { pause: waitFor('PT3H'), mail: send('fixed', ['email']) }
const stands = async (member: string) => (await journeysOf(world, member)).at(-1)

test('a paused flow sends nothing, however long it is paused: everybody stays where they stand', async () => {
  const ana = await begin(PAUSE_THEN_MAIL)
  await acts.pause(flow)
  await world.later('P30D')
  expect(await stands(ana)).toMatchObject({ node: 'pause', state: 'resting', code: 'wait' })
  expect(await ledgerOf(world, ana)).toEqual([])
})

test('resumed with “shift”, a wait lasts as long as was left of it when the flow was paused', async () => {
  const ana = await begin(PAUSE_THEN_MAIL)
  await world.later('PT1H')
  await acts.pause(flow)
  await world.later('PT30M')
  await acts.resume(flow, 'shift')
  await world.later('PT1H59M')
  expect(await ledgerOf(world, ana)).toEqual([])
  await world.later('PT2M')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

test('resumed with “shift”, a wait that would have ended meanwhile is put off, too', async () => {
  const ana = await begin(PAUSE_THEN_MAIL)
  await world.later('PT1H')
  await acts.pause(flow)
  await world.later('PT10H')
  await acts.resume(flow, 'shift')
  await world.carry()
  await world.later('PT1H59M')
  expect(await ledgerOf(world, ana)).toEqual([])
  await world.later('PT2M')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

test('two pauses put a wait off by both', async () => {
  const ana = await begin(PAUSE_THEN_MAIL)
  for (const length of ['PT5H', 'PT7H']) {
    await acts.pause(flow)
    await world.later(length)
    await acts.resume(flow, 'shift')
    await world.later('PT1H')
  }
  await world.later('PT59M')
  expect(await ledgerOf(world, ana)).toEqual([])
  await world.later('PT2M')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

test('resumed with “catch-up”, waits that ended meanwhile are over at once, the others end when they were to', async () => {
  const ana = await begin(PAUSE_THEN_MAIL)
  await world.later('PT2H')
  const bob = await enter()
  await acts.pause(flow)
  await world.later('PT2H')
  await acts.resume(flow, 'catch-up')
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
  expect(await ledgerOf(world, bob)).toEqual([])
  await world.later('PT61M')
  expect(await ledgerOf(world, bob)).toEqual(['mail email sent'])
})

test('resumed with “drop”, whose wait ended meanwhile leaves with the reason, the others go on', async () => {
  const ana = await begin(PAUSE_THEN_MAIL)
  await world.later('PT2H')
  const bob = await enter()
  await acts.pause(flow)
  await world.later('PT2H')
  await acts.resume(flow, 'drop')
  await world.carry()
  expect(await stands(ana)).toMatchObject({ node: 'pause', state: 'ended', code: 'passed-in-pause' })
  await world.later('PT61M')
  expect(await ledgerOf(world, ana)).toEqual([])
  expect(await ledgerOf(world, bob)).toEqual(['mail email sent'])
})

test.each([
  ['shift', 'mail email sent'],
  ['catch-up', 'mail email sent'],
  ['drop', undefined],
] as const)(
  'who enters while the flow is paused rests at the start; resumed with “%s”',
  async (clocks, sent) => {
    await begin({ mail: send('fixed', ['email']) })
    await acts.pause(flow)
    const bob = await enter()
    expect(await stands(bob)).toMatchObject({ node: 'start', state: 'resting', code: 'paused' })
    await world.later('PT1H')
    expect(await ledgerOf(world, bob)).toEqual([])
    await acts.resume(flow, clocks)
    await world.carry()
    expect(await ledgerOf(world, bob)).toEqual(sent ? [sent] : [])
    expect(await stands(bob)).toMatchObject({ code: sent ? 'end' : 'entered-in-pause' })
    const eve = await enter()
    expect(await ledgerOf(world, eve)).toEqual(['mail email sent'])
  },
)

test('exit criteria take members out while the flow is paused', async () => {
  const ana = await begin(PAUSE_THEN_MAIL)
  await acts.pause(flow)
  const bob = await enter()
  await world.later('PT5H')
  for (const member of [ana, bob]) await world.post('Closed', member)
  await world.carry()
  for (const member of [ana, bob])
    expect(await stands(member)).toMatchObject({ state: 'ended', code: 'exit-criteria' })
})

test.each(RESUMES)(
  'an event that is waited for is heard while the flow is paused; resumed with “%s”',
  async (clocks) => {
    const steps = { hear: wait({ event: 'Replied', timeout: 'P1D' }), mail: send('fixed', ['email']) }
    const ana = await begin(steps)
    await acts.pause(flow)
    await world.post('Replied', ana)
    await world.carry()
    expect(await stands(ana)).toMatchObject({ node: 'mail', state: 'resting', code: 'paused' })
    await world.later('P2D')
    expect(await ledgerOf(world, ana)).toEqual([])
    await acts.resume(flow, clocks)
    await world.carry()
    expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
  },
)

test.each([
  ['shift', 'hear', 'resting'],
  ['catch-up', 'hear', 'ended'],
  ['drop', 'hear', 'ended'],
] as const)(
  'time to wait for an event that ran out while paused; resumed with “%s”',
  async (clocks, node, state) => {
    const ana = await begin({
      hear: wait({ event: 'Replied', timeout: 'PT2H' }),
      mail: send('fixed', ['email']),
    })
    await world.later('PT1H')
    await acts.pause(flow)
    await world.later('PT5H')
    await acts.resume(flow, clocks)
    await world.carry()
    expect(await stands(ana)).toMatchObject({ node, state })
    if (clocks === 'drop') expect(await stands(ana)).toMatchObject({ code: 'passed-in-pause' })
    if (clocks === 'catch-up') expect((await traceOf(world, ana)).at(-1)).toBe('hear timeout event-timeout')
    if (clocks !== 'shift') return
    await world.later('PT59M')
    expect(await stands(ana)).toMatchObject({ state: 'resting' })
    await world.post('Replied', ana)
    await world.carry()
    expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
  },
)

test('a wait that begins while the flow is paused begins when it is resumed with “shift”', async () => {
  const steps = { hear: wait({ event: 'Replied', timeout: 'P1D' }), ...PAUSE_THEN_MAIL }
  const ana = await begin(steps)
  await acts.pause(flow)
  await world.later('PT1H')
  await world.post('Replied', ana)
  await world.carry()
  expect(await traceOf(world, ana)).toContain('pause resting paused')
  await world.later('PT4H')
  await acts.resume(flow, 'shift')
  await world.carry()
  await world.later('PT2H59M')
  expect(await ledgerOf(world, ana)).toEqual([])
  await world.later('PT2M')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

test.each([
  ['catch-up', 'end'],
  ['drop', 'passed-in-pause'],
] as const)(
  'a wait that begins and ends while the flow is paused; resumed with “%s”',
  async (clocks, code) => {
    const ana = await begin({ hear: wait({ event: 'Replied', timeout: 'P1D' }), ...PAUSE_THEN_MAIL })
    await acts.pause(flow)
    await world.later('PT1H')
    await world.post('Replied', ana)
    await world.carry()
    await world.later('PT4H')
    await acts.resume(flow, clocks)
    await world.carry()
    expect(await stands(ana)).toMatchObject({ state: 'ended', code })
  },
)

test('the clock of a hop stands still while the flow is paused, and is put off by “shift”', async () => {
  const ana = await begin({ mail: send('fixed', ['email', 'sms'], CLOCK) })
  await world.later('PT1H')
  await acts.pause(flow)
  await world.later('PT9H')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
  await acts.resume(flow, 'shift')
  await world.later('PT59M')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
  await world.later('PT2M')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent', 'mail sms sent'])
})

test.each([
  ['catch-up', ['mail email sent', 'mail sms sent'], 'end'],
  ['drop', ['mail email sent'], 'passed-in-pause'],
] as const)(
  'the clock of a hop that ran out while paused; resumed with “%s”',
  async (clocks, ledger, code) => {
    const ana = await begin({ mail: send('fixed', ['email', 'sms'], CLOCK) })
    await acts.pause(flow)
    await world.later('PT9H')
    await acts.resume(flow, clocks)
    await world.carry()
    expect(await ledgerOf(world, ana)).toEqual(ledger)
    expect(await stands(ana)).toMatchObject({ state: 'ended', code })
  },
)

test.each(RESUMES)(
  'a receipt that comes while the flow is paused counts; resumed with “%s”',
  async (clocks) => {
    const ana = await begin({ mail: send('fixed', ['email', 'sms'], CLOCK) })
    await acts.pause(flow)
    await world.report((await messagesOf(world, ana))[0]?.id ?? 0, 'delivered')
    await world.later('PT9H')
    expect(await stands(ana)).toMatchObject({ node: 'mail', state: 'resting' })
    await acts.resume(flow, clocks)
    await world.carry()
    expect(await ledgerOf(world, ana)).toEqual(['mail email delivered'])
    expect(await stands(ana)).toMatchObject({ state: 'ended', code: 'end' })
  },
)

test('a time of day that passed while paused: with “shift” the next one is waited for, with “catch-up” it is over', async () => {
  const zone = zoneAtNoon()
  const until = { until: { time: timeIn(zone, 1), zone: 'member' } }
  for (const clocks of ['shift', 'catch-up'] as const) {
    const ana = await begin({ noon: wait(until), mail: send('fixed', ['email']) }, { timeZone: zone })
    await acts.pause(flow)
    await world.later('PT3H')
    await acts.resume(flow, clocks)
    await world.carry()
    expect(await ledgerOf(world, ana)).toEqual(clocks === 'shift' ? [] : ['mail email sent'])
    if (clocks === 'shift') expect(await stands(ana)).toMatchObject({ node: 'noon', state: 'resting' })
    await acts.stop(flow, 'exit')
    await world.carry()
  }
})

test('a time of day that has not passed is kept, whatever the pause was', async () => {
  const zone = zoneAtNoon()
  const until = { until: { time: timeIn(zone, 4), zone: 'member' } }
  const ana = await begin({ noon: wait(until), mail: send('fixed', ['email']) }, { timeZone: zone })
  const before = await world.rows<{ due_at: Date }>('select due_at from enrollment where state = $1', [
    'resting',
  ])
  await acts.pause(flow)
  await acts.resume(flow, 'shift')
  await world.carry()
  expect(await world.rows('select due_at from enrollment where state = $1', ['resting'])).toEqual(before)
  expect(await ledgerOf(world, ana)).toEqual([])
})

test.each([
  ['shift', 'mail email sent'],
  ['catch-up', 'mail email sent'],
  ['drop', undefined],
] as const)('quiet hours that ended while paused are over; resumed with “%s”', async (clocks, sent) => {
  const zone = zoneAtNoon()
  await world.settings({ quietHours: { from: timeIn(zone, -1), to: timeIn(zone, 3) }, timeZone: zone })
  const ana = await begin({ mail: send('fixed', ['email']) }, { timeZone: zone })
  expect(await stands(ana)).toMatchObject({ state: 'resting', code: 'quiet-hours' })
  await acts.pause(flow)
  await world.later('PT5H')
  await world.settings({ quietHours: null })
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual([])
  await acts.resume(flow, clocks)
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(sent ? [sent] : [])
})

test('quiet hours that hold when the flow is resumed are kept', async () => {
  const zone = zoneAtNoon()
  const ana = await begin(PAUSE_THEN_MAIL, { timeZone: zone })
  await acts.pause(flow)
  await world.later('PT5H')
  await world.settings({ quietHours: { from: timeIn(zone, -1), to: timeIn(zone, 3) }, timeZone: zone })
  await acts.resume(flow, 'catch-up')
  await world.carry()
  expect(await stands(ana)).toMatchObject({ node: 'mail', state: 'resting', code: 'quiet-hours' })
  expect(await ledgerOf(world, ana)).toEqual([])
})

test('a message that waits for another try waits for the end of the pause, and is tried then', async () => {
  const ana = await begin({ mail: send('fixed', ['email']) }, { email: 'sim-not-sent@members.example' })
  await acts.pause(flow)
  await world.later('PT1H')
  const attempts = () =>
    world.rows<{ attempt: number }>(`select attempt from message where status = 'pending'`)
  expect(await attempts()).toEqual([{ attempt: 1 }])
  await acts.resume(flow, 'shift')
  await world.carry()
  expect(await attempts()).toEqual([{ attempt: 2 }])
  expect(await ledgerOf(world, ana)).toEqual(['mail email pending'])
})

test('sending that is switched off and on while the flow is paused changes nothing about the pause', async () => {
  await world.settings({ sending: false })
  const ana = await begin({ mail: send('fixed', ['email']) })
  await acts.pause(flow)
  await world.settings({ sending: true })
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual([])
  await acts.resume(flow, 'shift')
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

test('an opt-out while the flow is paused holds when it is resumed', async () => {
  const ana = await begin(PAUSE_THEN_MAIL)
  await acts.pause(flow)
  await world.later('PT5H')
  await world.put({
    externalId: ana,
    consents: [{ topic: 'prizes', channel: 'email', state: 'revoked', source: 'link' }],
  })
  await acts.resume(flow, 'catch-up')
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual([])
  expect((await traceOf(world, ana)).at(-1)).toBe('mail failed unreachable')
})
