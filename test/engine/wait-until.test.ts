import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { instantOf, localClock, startOfDay, weekday } from '../../flow/zone.ts'
import { expectBalance } from './balance.ts'
import { timeIn, zoneAtNoon } from './clock.ts'
import { drawing, send, wait } from './drawing.ts'
import { somebody } from './people.ts'
import { journeysOf, ledgerOf } from './story.ts'
import { openWorld, type World } from './world.ts'

const DAY = 86_400_000
/** Where it is noon, and where it is six in the evening. */
const [HERE, EAST] = [zoneAtNoon(), zoneAtNoon(Date.now() - 6 * 3_600_000)]

let world: World
beforeEach(async () => {
  world ??= await openWorld()
})
afterEach(() => expectBalance(world))
afterAll(() => world.close())

let events = 0
async function waiting(until: object, change: object = { timeZone: HERE }): Promise<string> {
  const event = `Until-${++events}`
  const nodes = { until: wait({ until: { zone: 'member', ...until } }), tell: send('fixed', ['sms']) }
  await world.publish(drawing(nodes, { on: { event } }))
  const member = somebody(change)
  await world.put(member)
  await world.post(event, member.externalId)
  await world.carry()
  return member.externalId
}

async function dueOf(member: string): Promise<number> {
  const [row] = await world.rows<{ at: Date }>(
    `select e.due_at at from enrollment e join member m on m.id = e.member where m.external_id = $1 and e.state = 'resting'`,
    [member],
  )
  return row?.at.getTime() ?? 0
}

/** When the clock of a zone shows noon plus so many hours, so many days from now. */
const clockAt = (zone: string, time: string, days = 0): number =>
  instantOf(startOfDay(localClock(Date.now(), zone)) + days * DAY + Date.parse(`1970-01-01T${time}Z`), zone)

test('a message leaves when the member’s clock shows the time', async () => {
  const ana = await waiting({ time: timeIn(HERE, 3) })
  await world.later('PT2H')
  expect(await ledgerOf(world, ana)).toEqual([])
  await world.later('PT1H')
  expect(await ledgerOf(world, ana)).toEqual(['tell sms sent'])
})

test('who comes exactly at the time goes on at once', async () => {
  const minute = timeIn(HERE, 0)
  const ana = await waiting({ time: minute })
  // Should the minute have ended in between, they came too late, and wait for the next day.
  const sent = timeIn(HERE, 0) === minute ? ['tell sms sent'] : await ledgerOf(world, ana)
  expect(await ledgerOf(world, ana)).toEqual(sent)
})

test('a time that has passed today comes tomorrow, or on the weekday that is wanted', async () => {
  const passed = timeIn(HERE, -2)
  const today = weekday(localClock(Date.now(), HERE))
  const inThree = ((today + 2) % 7) + 1
  const ana = await waiting({ time: passed })
  expect(await dueOf(ana)).toBe(clockAt(HERE, passed, 1))
  const bob = await waiting({ time: passed, weekdays: [inThree] })
  expect(await dueOf(bob)).toBe(clockAt(HERE, passed, 3))
})

test('who moves to another time zone meanwhile waits for the clock there', async () => {
  const evening = timeIn(HERE, 5)
  const ana = await waiting({ time: evening })
  expect(await dueOf(ana)).toBe(clockAt(HERE, evening))
  await world.put({ externalId: ana, timeZone: EAST })
  await world.carry()
  expect(await dueOf(ana)).toBe(clockAt(EAST, evening, clockAt(EAST, evening) < Date.now() - 60_000 ? 1 : 0))
})

test('a member without a zone goes by the workspace’s; when that is changed, by the new one', async () => {
  await world.settings({ timeZone: HERE })
  const evening = timeIn(HERE, 5)
  const ana = await waiting({ time: evening }, {})
  const bob = await waiting({ time: evening, zone: 'workspace' })
  expect([await dueOf(ana), await dueOf(bob)]).toEqual(Array(2).fill(clockAt(HERE, evening)))
  await world.settings({ timeZone: EAST })
  await world.carry()
  const there = clockAt(EAST, evening, clockAt(EAST, evening) < Date.now() - 60_000 ? 1 : 0)
  expect([await dueOf(ana), await dueOf(bob)]).toEqual(Array(2).fill(there))
  expect(await journeysOf(world, ana)).toMatchObject([{ state: 'resting', code: 'wait' }])
})
