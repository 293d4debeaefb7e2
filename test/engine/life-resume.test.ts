import { afterAll, afterEach, expect, test } from 'vitest'
import { timeIn, zoneAtNoon } from './clock.ts'
import { send, wait, waitFor } from './drawing.ts'
import { openLife } from './life.ts'
import { ledgerOf, traceOf } from './story.ts'

const life = await openLife()
const { world } = life
afterEach(life.end)
afterAll(world.close)

const CLOCK = { hops: { email: { until: 'delivered', fallbackAfter: 'PT2H' } } }
const PAUSE_THEN_MAIL = { pause: waitFor('PT3H'), mail: send('fixed', ['email']) }

test('resumed with “shift”, a wait lasts as long as was left of it when the flow was paused', async () => {
  const ana = await life.begin(PAUSE_THEN_MAIL)
  await world.later('PT1H')
  await life.pause()
  await world.later('PT30M')
  await life.resume('shift')
  await world.later('PT1H59M')
  expect(await ledgerOf(world, ana)).toEqual([])
  await world.later('PT2M')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

test('resumed with “shift”, a wait that would have ended meanwhile is put off, too', async () => {
  const ana = await life.begin(PAUSE_THEN_MAIL)
  await world.later('PT1H')
  await life.pause()
  await world.later('PT10H')
  await life.resume('shift')
  await world.later('PT1H59M')
  expect(await ledgerOf(world, ana)).toEqual([])
  await world.later('PT2M')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

test('two pauses put a wait off by both', async () => {
  const ana = await life.begin(PAUSE_THEN_MAIL)
  for (const length of ['PT5H', 'PT7H']) {
    await life.pause()
    await world.later(length)
    await life.resume('shift')
    await world.later('PT1H')
  }
  await world.later('PT59M')
  expect(await ledgerOf(world, ana)).toEqual([])
  await world.later('PT2M')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

test('resumed with “catch-up”, waits that ended meanwhile are over at once, the others end when they were to', async () => {
  const ana = await life.begin(PAUSE_THEN_MAIL)
  await world.later('PT2H')
  const bob = await life.enter()
  await life.pause()
  await world.later('PT2H')
  await life.resume('catch-up')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
  expect(await ledgerOf(world, bob)).toEqual([])
  await world.later('PT61M')
  expect(await ledgerOf(world, bob)).toEqual(['mail email sent'])
})

test('resumed with “drop”, whose wait ended meanwhile leaves with the reason, the others go on', async () => {
  const ana = await life.begin(PAUSE_THEN_MAIL)
  await world.later('PT2H')
  const bob = await life.enter()
  await life.pause()
  await world.later('PT2H')
  await life.resume('drop')
  expect(await life.stands(ana)).toMatchObject({ node: 'pause', state: 'ended', code: 'passed-in-pause' })
  await world.later('PT61M')
  expect(await ledgerOf(world, ana)).toEqual([])
  expect(await ledgerOf(world, bob)).toEqual(['mail email sent'])
})

test.each([
  ['shift', { state: 'resting', code: 'wait-event' }, 'hear resting wait-event'],
  ['catch-up', { state: 'ended', code: 'end' }, 'hear timeout event-timeout'],
  ['drop', { state: 'ended', code: 'passed-in-pause' }, 'hear left passed-in-pause'],
] as const)(
  'time to wait for an event that ran out while paused; resumed with “%s”',
  async (clocks, place, step) => {
    const hear = wait({ event: 'Replied', timeout: 'PT2H' })
    const ana = await life.begin({ hear, mail: send('fixed', ['email']) })
    await world.later('PT1H')
    await life.pause()
    await world.later('PT5H')
    await life.resume(clocks)
    expect(await life.stands(ana)).toMatchObject({ node: 'hear', ...place })
    expect((await traceOf(world, ana)).at(-1)).toBe(step)
  },
)

test('an event that comes in the time that was put off is still in time', async () => {
  const hear = wait({ event: 'Replied', timeout: 'PT2H' })
  const ana = await life.begin({ hear, mail: send('fixed', ['email']) })
  await world.later('PT1H')
  await life.pause()
  await world.later('PT5H')
  await life.resume('shift')
  await world.later('PT59M')
  await world.post('Replied', ana)
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

test.each([
  ['catch-up', 'end'],
  ['drop', 'passed-in-pause'],
] as const)(
  'a wait that begins and ends while the flow is paused; resumed with “%s”',
  async (clocks, code) => {
    const ana = await life.begin({ hear: wait({ event: 'Replied', timeout: 'P1D' }), ...PAUSE_THEN_MAIL })
    await life.pause()
    await world.later('PT1H')
    await world.post('Replied', ana)
    await world.carry()
    await world.later('PT4H')
    await life.resume(clocks)
    expect(await life.stands(ana)).toMatchObject({ state: 'ended', code })
  },
)

test('the clock of a hop stands still while the flow is paused, and is put off by “shift”', async () => {
  const ana = await life.begin({ mail: send('fixed', ['email', 'sms'], CLOCK) })
  await world.later('PT1H')
  await life.pause()
  await world.later('PT9H')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
  await life.resume('shift')
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
    const ana = await life.begin({ mail: send('fixed', ['email', 'sms'], CLOCK) })
    await life.pause()
    await world.later('PT9H')
    await life.resume(clocks)
    expect(await ledgerOf(world, ana)).toEqual(ledger)
    expect(await life.stands(ana)).toMatchObject({ state: 'ended', code })
  },
)

test.each([
  ['shift', { node: 'noon', state: 'resting', code: 'wait' }],
  ['catch-up', { node: 'mail', state: 'ended', code: 'end' }],
  ['drop', { node: 'noon', state: 'ended', code: 'passed-in-pause' }],
] as const)(
  'a time of day that passed while paused: with “shift” the next one is waited for; resumed with “%s”',
  async (clocks, place) => {
    const zone = zoneAtNoon()
    const until = { until: { time: timeIn(zone, 1), zone: 'member' } }
    const ana = await life.begin({ noon: wait(until), mail: send('fixed', ['email']) }, { timeZone: zone })
    await life.pause()
    await world.later('PT3H')
    await life.resume(clocks)
    expect(await life.stands(ana)).toMatchObject(place)
  },
)

test('a time of day that has not passed is kept, whatever the pause was', async () => {
  const zone = zoneAtNoon()
  const until = { until: { time: timeIn(zone, 4), zone: 'member' } }
  const ana = await life.begin({ noon: wait(until), mail: send('fixed', ['email']) }, { timeZone: zone })
  const before = await world.rows<{ due_at: Date }>('select due_at from enrollment where state = $1', [
    'resting',
  ])
  await life.pause()
  await life.resume('shift')
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
  const ana = await life.begin({ mail: send('fixed', ['email']) }, { timeZone: zone })
  expect(await life.stands(ana)).toMatchObject({ state: 'resting', code: 'quiet-hours' })
  await life.pause()
  await world.later('PT5H')
  await world.settings({ quietHours: null })
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual([])
  await life.resume(clocks)
  expect(await ledgerOf(world, ana)).toEqual(sent ? [sent] : [])
})

test('quiet hours that hold when the flow is resumed are kept', async () => {
  const zone = zoneAtNoon()
  const ana = await life.begin(PAUSE_THEN_MAIL, { timeZone: zone })
  await life.pause()
  await world.later('PT5H')
  await world.settings({ quietHours: { from: timeIn(zone, -1), to: timeIn(zone, 3) }, timeZone: zone })
  await life.resume('catch-up')
  expect(await life.stands(ana)).toMatchObject({ node: 'mail', state: 'resting', code: 'quiet-hours' })
  expect(await ledgerOf(world, ana)).toEqual([])
})
