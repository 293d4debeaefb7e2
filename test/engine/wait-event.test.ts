import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { expectBalance } from './balance.ts'
import { ALLOW_TWICE, drawing, send, wait, waitFor } from './drawing.ts'
import { openEngine } from './open-engine.ts'
import { somebody } from './people.ts'
import { during } from './slow-provider.ts'
import { journeysOf, ledgerOf, traceOf } from './story.ts'
import { openWorld, type World } from './world.ts'

const PAID = wait({ event: 'Paid', timeout: 'P1D' })
const MINE = { field: 'event.order', op: 'eq', value: { ref: 'entry.data.order' } }
const MY_PAYMENT = wait({ event: 'Paid', where: MINE, timeout: 'P1D' })

let world: World
let ana: string
/** The event that starts the flow of a test. */
let order: string
let orders = 0
beforeAll(async () => {
  world = await openWorld()
})
beforeEach(async () => {
  const member = somebody()
  ana = member.externalId
  order = `Ordered-${++orders}`
  await world.put(member)
})
afterEach(() => expectBalance(world))
afterAll(() => world.close())

const tell = send('fixed', ['sms'])

async function ordered(
  nodes: Parameters<typeof drawing>[0],
  { data = {}, settings }: { data?: Record<string, unknown>; settings?: object } = {},
): Promise<number> {
  const flow = await world.publish(drawing(nodes, { on: { event: order }, ...(settings && { settings }) }))
  await world.post(order, ana, { data })
  await world.carry()
  return flow
}
const pay = (data: Record<string, unknown> = {}) => world.post('Paid', ana, { data })

test('who does what is waited for goes on at once', async () => {
  await ordered({ paid: PAID, tell })
  expect(await journeysOf(world, ana)).toMatchObject([{ node: 'paid', state: 'resting', code: 'wait-event' }])
  await pay()
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['tell sms sent'])
  expect(await traceOf(world, ana)).toContain('paid happened event-happened')
})

test('who does not goes the other way when the time is up, not before', async () => {
  await ordered({ paid: { ...PAID, exits: { happened: null, timeout: 'tell' } }, tell })
  await world.later('PT23H')
  expect(await ledgerOf(world, ana)).toEqual([])
  await world.later('PT1H')
  expect(await ledgerOf(world, ana)).toEqual(['tell sms sent'])
  await pay()
  await world.carry()
  expect(await traceOf(world, ana)).toContain('paid timeout event-timeout')
})

test('what happened before the member came to the wait does not count', async () => {
  await pay()
  await ordered({ pause: waitFor('PT1H'), paid: PAID, tell })
  await pay()
  await world.later('PT1H')
  expect(await journeysOf(world, ana)).toMatchObject([{ node: 'paid', state: 'resting' }])
  await pay()
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['tell sms sent'])
})

test('another event, and another member’s, are not what is waited for', async () => {
  await ordered({ paid: PAID, tell })
  const bob = somebody()
  await world.put(bob)
  await world.post('Paid', bob.externalId)
  await world.post('Refunded', ana)
  await world.carry()
  expect(await journeysOf(world, ana)).toMatchObject([{ node: 'paid', state: 'resting' }])
})

test('of two orders each waits for its own payment', async () => {
  await ordered({ paid: MY_PAYMENT, tell }, { settings: ALLOW_TWICE, data: { order: 'A' } })
  await world.post(order, ana, { data: { order: 'B' } })
  await world.carry()
  await pay({ order: 'B' })
  await pay({ order: 'C' })
  await world.carry()
  expect((await journeysOf(world, ana)).map((one) => one.state)).toEqual(['resting', 'ended'])
  await pay({ order: 'A' })
  await world.carry()
  expect((await journeysOf(world, ana)).map((one) => one.state)).toEqual(['ended', 'ended'])
})

test('several events at once: the one that matches is found among them', async () => {
  await ordered({ paid: MY_PAYMENT, tell }, { data: { order: 'A' } })
  const orders = ['B', 'A', 'C'].map((order) => ({ type: 'Paid', member: ana, data: { order } }))
  await world.postAll(orders)
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['tell sms sent'])
})

test('an event and the time-out at the same moment: it happened', async () => {
  await ordered({ paid: PAID, tell })
  await pay()
  await world.later('P2D')
  expect(await traceOf(world, ana)).toContain('paid happened event-happened')
})

test('the event that comes while a message goes out, before the wait, is not waited for; the next one is', async () => {
  await world.publish(drawing({ first: tell, paid: PAID, tell }, { on: { event: order } }))
  await world.post(order, ana)
  during(world.engine, 'send', () => pay())
  await world.carry()
  expect(await journeysOf(world, ana)).toMatchObject([{ node: 'paid', state: 'resting' }])
  await pay()
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['first sms sent', 'tell sms sent'])
})

test('one event resolves the waits of two flows, and starts a third', async () => {
  const settled = wait({ event: 'Settled', timeout: 'P1D' })
  await ordered({ settled, tell })
  await world.publish(drawing({ settled, tell: send('fixed', ['email']) }, { on: { event: 'Also' } }))
  await world.publish(drawing({ thanks: send('fixed', ['push']) }, { on: { event: 'Settled' } }))
  await world.post('Also', ana)
  await world.carry()
  await world.post('Settled', ana)
  await world.carry()
  const journeys = await journeysOf(world, ana)
  expect(journeys.map(({ node, state }) => `${node} ${state}`)).toEqual([
    'tell ended',
    'tell ended',
    'thanks ended',
  ])
})

test('who is inside an older version is still woken by its event', async () => {
  const flow = await ordered({ paid: PAID, tell })
  await world.publish(drawing({ tell }, { on: { event: order } }), flow)
  await pay()
  await world.carry()
  expect((await journeysOf(world, ana))[0]).toMatchObject({ state: 'ended', code: 'end' })
})

test('the very first event of a workspace is heard', async () => {
  const fresh = await openWorld()
  const bob = somebody()
  await fresh.put(bob)
  const id = await fresh.publish(drawing({ paid: PAID, tell }, { on: { event: 'Ordered' } }))
  await fresh.rows(
    `insert into enrollment (workspace, flow, version, member, node, lane, state, due_at, period, seq)
     select workspace, flow, id, (select id from member), 'paid', 'urgent', 'active', now(), date_trunc('month', now())::date, 0
     from flow_version where flow = $1`,
    [id],
  )
  await fresh.carry()
  await fresh.post('Paid', bob.externalId)
  await fresh.carry()
  expect(await ledgerOf(fresh, bob.externalId)).toEqual(['tell sms sent'])
  await fresh.close()
})

test('a long past is not read to find out that nothing has come', async () => {
  await ordered({ paid: MY_PAYMENT, tell }, { data: { order: 'A' } })
  await world.postAll(
    Array.from({ length: 900 }, (_, n) => ({ type: 'Paid', member: ana, data: { order: `${n}` } })),
  )
  await world.carry()
  const read = await world.rows<{ after: number; last: number }>(
    `select (rest->'awaits'->>'afterSeq')::int after, (select max(id) from event) last from enrollment e
     where e.state = 'resting' and e.member = (select id from member where external_id = $1)`,
    [ana],
  )
  expect(read).toHaveLength(1)
  expect(read[0]?.after).toBe(read[0]?.last)
  await pay({ order: 'A' })
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['tell sms sent'])
})

test('however events and decisions of a crowd fall together, nobody is left waiting for what has come', async () => {
  await world.publish(drawing({ first: tell, paid: PAID, last: tell }, { on: { event: order } }))
  const people = Array.from({ length: 40 }, () => somebody())
  await world.put(...people)
  const engines = await Promise.all([1, 2, 3, 4].map(() => openEngine(world.db, world.workspace)))
  const carrying = (): Promise<unknown> => Promise.all(engines.map((engine) => engine.carryAll()))
  for (const { externalId } of people) await world.post(order, externalId)
  await Promise.all([carrying(), ...people.map(({ externalId }) => world.post('Paid', externalId))])
  await carrying()
  const missed = await world.rows(
    `select e.id from enrollment e join event v on v.member = e.member and v.type = 'Paid'
       and v.id > (e.rest->'awaits'->>'afterSeq')::bigint where e.state = 'resting'`,
  )
  expect(missed).toEqual([])
  await Promise.all([carrying(), ...people.map(({ externalId }) => world.post('Paid', externalId))])
  await carrying()
  const states = (await Promise.all(people.map(({ externalId }) => journeysOf(world, externalId)))).flat()
  expect(states.map((one) => one.code)).toEqual(Array(40).fill('end'))
  await Promise.all(engines.map((engine) => engine.close()))
})
