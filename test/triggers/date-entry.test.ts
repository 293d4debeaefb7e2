import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { stopFlow } from '../../db/flow-acts.ts'
import { expectBalance } from '../engine/balance.ts'
import { zoneAtNoon } from '../engine/clock.ts'
import { drawing, waitFor } from '../engine/drawing.ts'
import { somebody } from '../engine/people.ts'
import { journeysOf } from '../engine/story.ts'
import { openWorld, type World } from '../engine/world.ts'
import { localClock } from '../../flow/zone.ts'
import { triggering } from './triggering.ts'

const DAY = 86_400_000
/** Where it is about noon, so that today has hours on both sides whenever the test runs. */
const ZONE = zoneAtNoon()

let world: World
let triggers: ReturnType<typeof triggering>
beforeAll(async () => {
  world = await openWorld()
  triggers = triggering(world)
  await world.settings({ timeZone: ZONE })
})
afterEach(async () => {
  await world.carry()
  await expectBalance(world)
})
afterAll(() => world.close())

/** The date it is in the zone, some days from now, years ago. */
function dateIn(days: number, yearsAgo = 0): string {
  const date = new Date(localClock(Date.now() + days * DAY, ZONE))
  date.setUTCFullYear(date.getUTCFullYear() - yearsAgo)
  return date.toISOString().slice(0, 10)
}

let attributes = 0
/** A flow by an attribute of its own, entered at eleven at night on the day; the attribute's name. */
function byDate(date: object = {}) {
  const attribute = `date${++attributes}`
  const on = { date: { attribute, at: '23:00', ...date } }
  return { attribute, document: drawing({ pause: waitFor('PT1H') }, { on }) }
}

async function born(attribute: string, date: string, change: object = {}): Promise<string> {
  const member = somebody({ attributes: { [attribute]: date }, ...change })
  await world.put(member)
  return member.externalId
}

/** Lets the moments that wait come: the same as waiting until then. Dates stay, so only what is stored is moved. */
async function untilDue(): Promise<void> {
  await world.rows(`update occurrence set due_at = now() where state = 'waiting'`)
  await triggers.enterByDate()
}

const entries = async (member: string): Promise<number> => (await journeysOf(world, member)).length

interface Kept {
  member: string
  day: string
  state: string
  due: number
}

async function moments(flow: number): Promise<Kept[]> {
  return world.rows<Kept>(
    `select m.external_id member, to_char(day, 'YYYY-MM-DD') as day, state, (extract(epoch from due_at) * 1000)::bigint due
     from occurrence o join member m on m.id = o.member where flow = $1 order by o.member, day`,
    [flow],
  )
}

test('who has a birthday today or tomorrow is planned for, at the time of their own clock; others are not', async () => {
  const { attribute, document } = byDate()
  const today = await born(attribute, dateIn(0, 30))
  const far = await born(attribute, dateIn(20, 30))
  const there = await born(attribute, dateIn(1, 30), { timeZone: 'UTC' })
  const flow = await world.publish(document)
  await triggers.look()
  const kept = await moments(flow)
  expect(kept.map((one) => [one.member, one.day])).toEqual([
    [today, dateIn(0)],
    [there, dateIn(1)],
  ])
  const clocks = kept.map((one, n) => new Date(localClock(one.due, n === 0 ? ZONE : 'UTC')).toISOString())
  expect(clocks).toEqual([`${dateIn(0)}T23:00:00.000Z`, `${dateIn(1)}T23:00:00.000Z`])
  expect([await entries(today), await entries(far), await entries(there)]).toEqual([0, 0, 0])
})

test('nobody enters before the moment; when it has come they enter, once, however often it is looked', async () => {
  const { attribute, document } = byDate({ at: '00:00', offset: 'P1D' })
  const ana = await born(attribute, dateIn(0, 30))
  const flow = await world.publish(document)
  await triggers.look()
  await triggers.enterByDate()
  expect(await entries(ana)).toBe(0)
  await untilDue()
  expect(await entries(ana)).toBe(0) // the moment is asked again, and is still to come
  expect(await moments(flow)).toMatchObject([{ state: 'waiting' }])
})

/** A flow whose moment came an hour ago: published yesterday, as far as it can know. */
async function cameAnHourAgo(change: { repeat?: string } = {}, hoursAgo = 1) {
  const at = new Date(localClock(Date.now() - hoursAgo * 3_600_000, ZONE))
  const { attribute, document } = byDate({ at: at.toISOString().slice(11, 16), ...change })
  const day = at.toISOString().slice(0, 10)
  const flow = await world.publish(document)
  await world.db.outside((tx) =>
    tx.rows(`update watch set seen_until = now() - interval '3 days', due_at = now() where flow = $1`, [
      flow,
    ]),
  )
  return { attribute, document, flow, day }
}

test('a moment that came while nothing ran is made up for, once, up to a day later', async () => {
  const { attribute, flow, day, document } = await cameAnHourAgo()
  const ana = await born(attribute, day)
  await triggers.look()
  await Promise.all([triggers.enterByDate(), triggers.enterByDate(), triggers.enterByDate()])
  expect(await entries(ana)).toBe(1)
  await world.publish(document, flow)
  await triggers.lookAgain()
  await triggers.enterByDate()
  expect(await entries(ana)).toBe(1)
  expect(await moments(flow)).toMatchObject([{ member: ana, state: 'entered' }])
})

test('a moment that was missed by more than a day is noted and let go', async () => {
  const { attribute, flow, day } = await cameAnHourAgo({}, 25)
  const ana = await born(attribute, day)
  await triggers.look()
  await triggers.enterByDate()
  expect(await entries(ana)).toBe(0)
  expect(await moments(flow)).toMatchObject([{ member: ana, state: 'late' }])
})

test('a date that was moved moves its moment; one that was taken away has none', async () => {
  const { attribute, document } = byDate()
  const ana = await born(attribute, dateIn(0, 30))
  const bob = await born(attribute, dateIn(0, 30))
  const flow = await world.publish(document)
  await triggers.look()
  await world.put({ externalId: ana, attributes: { [attribute]: dateIn(1, 30) } })
  await world.put({ externalId: bob, attributes: { [attribute]: null } })
  expect(await moments(flow)).toMatchObject([{ member: ana, day: dateIn(1) }])
  await world.put({ externalId: ana, timeZone: 'Pacific/Kiritimati' })
  const [moved] = await moments(flow)
  expect(new Date(localClock(moved?.due ?? 0, 'Pacific/Kiritimati')).toISOString()).toBe(
    `${dateIn(1)}T23:00:00.000Z`,
  )
})

test('a date that is written for today once its time has passed waits for next year', async () => {
  const { attribute, day } = await cameAnHourAgo()
  await triggers.look()
  const ana = await born(attribute, day)
  await triggers.lookAgain()
  await triggers.enterByDate()
  expect(await entries(ana)).toBe(0)
})

test('a date that moved behind the engine’s back is noticed when its moment comes', async () => {
  const { attribute, flow, day } = await cameAnHourAgo()
  const ana = await born(attribute, day)
  await triggers.look()
  await world.rows(`update member set attributes = '{}' where external_id = $1`, [ana])
  await triggers.enterByDate()
  expect(await entries(ana)).toBe(0)
  expect(await moments(flow)).toEqual([])
})

test('a date without return is for one day only; one in years to come is for then', async () => {
  const { attribute, document } = byDate({ repeat: 'never' })
  const today = await born(attribute, dateIn(0))
  await born(attribute, dateIn(0, 1))
  const flow = await world.publish(document)
  const yearly = byDate()
  await born(yearly.attribute, dateIn(0, -2))
  const other = await world.publish(yearly.document)
  await triggers.look()
  expect((await moments(flow)).map((one) => one.member)).toEqual([today])
  expect(await moments(other)).toEqual([])
})

test('a thousand and more who share a day are all planned for, and all enter', async () => {
  const { attribute, flow, day } = await cameAnHourAgo()
  const crowd = Array.from({ length: 1_100 }, () => somebody({ attributes: { [attribute]: day } }))
  for (let at = 0; at < crowd.length; at += 550) await world.put(...crowd.slice(at, at + 550))
  await triggers.look()
  await Promise.all([triggers.enterByDate(), triggers.enterByDate()])
  const [counted] = await world.rows(
    'select count(*)::int n, count(distinct member)::int members from enrollment where flow = $1',
    [flow],
  )
  expect(counted).toEqual({ n: 1_100, members: 1_100 })
})

test('a stopped flow owes nothing', async () => {
  const { attribute, document } = byDate()
  await born(attribute, dateIn(0, 30))
  const flow = await world.publish(document)
  await triggers.look()
  await world.within((tx) => stopFlow(tx, flow, 'finish'))
  expect(await moments(flow)).toEqual([])
})
