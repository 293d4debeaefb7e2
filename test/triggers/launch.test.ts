import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { pauseFlow, stopFlow } from '../../db/flow-acts.ts'
import { holdFlow } from '../../db/flows.ts'
import { enterLaunchPage } from '../../db/launch-page.ts'
import { openLaunches } from '../../db/launches.ts'
import { expectBalance } from '../engine/balance.ts'
import { drawing, waitFor } from '../engine/drawing.ts'
import { journeysOf, traceOf } from '../engine/story.ts'
import { openWorld, type World } from '../engine/world.ts'
import { launching } from './launching.ts'
import { triggering } from './triggering.ts'

let world: World
let triggers: ReturnType<typeof triggering>
let launches: ReturnType<typeof launching>
beforeAll(async () => {
  world = await openWorld()
  triggers = triggering(world)
  launches = launching(world)
})
afterEach(async () => {
  await world.carry()
  await expectBalance(world)
})
afterAll(() => world.close())

test('everybody in the audience enters once, page by page, and the launch counts them', async () => {
  const { flow, audience } = await launches.crowd(1_300)
  const id = await launches.launch(flow, { audience })
  expect(await launches.page(id)).toMatchObject({ over: false })
  expect(await triggers.launch(id)).toMatchObject({ state: 'running', looked_at: 1_000, entered: 1_000 })
  await triggers.launchAll()
  expect(await triggers.launch(id)).toMatchObject({
    state: 'done',
    looked_at: 1_300,
    entered: 1_300,
    refused: {},
  })
  expect(await launches.journeys(flow)).toEqual({ n: 1_300, members: 1_300 })
})

test('a page that was lost with its process is done once when it is done again, by however many at a time', async () => {
  const { flow, audience } = await launches.crowd(1_100)
  const id = await launches.launch(flow, { audience })
  const lost = world.within(async (tx) => {
    await enterLaunchPage(tx, world.desk.memory, id)
    throw new Error('killed before its commit')
  })
  await expect(lost).rejects.toThrow('killed')
  await Promise.all([launches.page(id), launches.page(id), launches.page(id)])
  await triggers.launchAll()
  expect(await launches.journeys(flow)).toEqual({ n: 1_100, members: 1_100 })
  expect(await triggers.launch(id)).toMatchObject({ looked_at: 1_100, entered: 1_100 })
})

test('who is inside already, or was in it once, is refused, counted by the reason and told', async () => {
  const { flow, audience, ids } = await launches.crowd(3, { on: { event: 'Joined' } })
  const [ana = ''] = ids
  await world.post('Joined', ana)
  const id = await launches.launch(flow, { audience })
  await triggers.launchAll()
  expect(await triggers.launch(id)).toMatchObject({ looked_at: 3, entered: 2, refused: { inside: 1 } })
  expect(await traceOf(world, ana)).toContain('start refused inside')
  await launches.launch(flow, { audience })
  await triggers.launchAll()
  expect(await launches.journeys(flow)).toEqual({ n: 3, members: 3 })
})

test('a flow that waits for events can be launched too: its data stand for the event’s, and its condition is not asked', async () => {
  const where = { field: 'event.tier', op: 'eq', value: 'grand' }
  const { flow, ids } = await launches.crowd(1, { on: { event: 'Won', where } })
  const [member] = await world.rows<{ id: number }>('select id from member where external_id = $1', ids)
  await launches.launch(flow, { members: [member?.id ?? 0] }, { data: { tier: 'silver' } })
  await triggers.launchAll()
  const [row] = await world.rows('select entry, lane from enrollment where flow = $1', [flow])
  expect(row).toMatchObject({ lane: 'bulk', entry: { id: null, type: null, data: { tier: 'silver' } } })
})

test('members who come after the launch are not in it', async () => {
  const { flow, audience } = await launches.crowd(1_000)
  const id = await launches.launch(flow, { audience })
  await launches.page(id)
  const late = await launches.latecomer()
  await triggers.launchAll()
  expect(await journeysOf(world, late)).toEqual([])
})

test('who leaves the audience in the middle of a launch stays in it, and who comes into it does not', async () => {
  const { flow, audience, ids, name } = await launches.crowd(1_100)
  const other = await launches.crowd(1)
  const id = await launches.launch(flow, { audience })
  await launches.page(id)
  await world.put({ externalId: ids.at(-1), attributes: { crowd: null } })
  await world.put({ externalId: other.ids[0], attributes: { crowd: name } })
  await triggers.launchAll()
  expect(await journeysOf(world, ids.at(-1) ?? '')).toHaveLength(1)
  expect(await journeysOf(world, other.ids[0] ?? '')).toEqual([])
  expect(await triggers.launch(id)).toMatchObject({ total: 1_100, looked_at: 1_100 })
})

test('nothing is kept of a launch’s list of members once it is over', async () => {
  const { flow, audience } = await launches.crowd(1_100)
  const done = await launches.launch(flow, { audience })
  await triggers.launchAll()
  const stopped = await launches.launch(flow, { audience })
  await launches.page(stopped)
  await world.within((tx) => stopFlow(tx, flow, 'exit'))
  expect(await triggers.launch(done)).toMatchObject({ state: 'done' })
  expect(await world.rows('select 1 from launch_page')).toEqual([])
})

test('a launch ends when its flow is stopped, and says so', async () => {
  const { flow, audience } = await launches.crowd(1_200)
  const id = await launches.launch(flow, { audience })
  await launches.page(id)
  await world.within((tx) => stopFlow(tx, flow, 'exit'))
  await triggers.launchAll()
  expect(await triggers.launch(id)).toMatchObject({
    state: 'stopped',
    entered: 1_000,
    reason: { code: 'launch-stopped' },
  })
  expect(await world.db.outside(openLaunches)).toEqual([])
})

test('a launch that its flow’s stop has ended lets nobody enter when the flow is published again', async () => {
  const { flow, audience } = await launches.crowd(1_200)
  const id = await launches.launch(flow, { audience })
  await launches.page(id)
  await world.within((tx) => stopFlow(tx, flow, 'finish'))
  await world.publish(drawing({ pause: waitFor('P1D') }, { on: { launch: true } }), flow)
  await triggers.launchAll()
  expect(await triggers.launch(id)).toMatchObject({ state: 'stopped', entered: 1_000 })
  expect(await launches.journeys(flow)).toMatchObject({ n: 1_000 })
})

test('while the flow is paused members enter and rest at its start', async () => {
  const { flow, audience, ids } = await launches.crowd(2)
  await world.within(async (tx) => pauseFlow(tx, await holdFlow(tx, flow)))
  const id = await launches.launch(flow, { audience })
  await triggers.launchAll()
  await world.carry()
  expect(await triggers.launch(id)).toMatchObject({ state: 'done', entered: 2 })
  expect(await journeysOf(world, ids[0] ?? '')).toMatchObject([{ node: 'start', state: 'resting' }])
})

test('an erased member is passed over', async () => {
  const { flow, audience, ids } = await launches.crowd(2)
  const known = await world.rows<{ id: number }>('select id from member where external_id = any($1)', [ids])
  await world.rows('update member set erased_at = now() where external_id = $1', [ids[0]])
  const [byAudience, byName] = [
    await launches.launch(flow, { audience }),
    await launches.launch(flow, { members: known.map((one) => one.id) }),
  ]
  await triggers.launchAll()
  expect(await triggers.launch(byAudience)).toMatchObject({ looked_at: 1, entered: 1 })
  expect(await triggers.launch(byName)).toMatchObject({ looked_at: 1, refused: { inside: 1 } })
})

test('a launch whose audience is gone, or asks more than can be asked, fails and says so', async () => {
  const { flow } = await launches.crowd(1)
  const leaf = { field: 'member.crowd', op: 'eq', value: 'nobody' } as const
  const gone = await launches.launch(flow, { audience: 'gone' })
  const large = await launches.launch(flow, { audience: { any: Array.from({ length: 2_001 }, () => leaf) } })
  await triggers.launchAll()
  const ends = [await triggers.launch(gone), await triggers.launch(large)]
  expect(ends.map(({ state, reason }) => [state, reason?.code])).toEqual([
    ['failed', 'audience-gone'],
    ['failed', 'audience-refused'],
  ])
})
