import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  cancelLaunch,
  holdLaunch,
  paceLaunch,
  pauseLaunch,
  resumeLaunch,
  type HeldLaunch,
} from '../../db/launch-acts.ts'
import { takeOutOfLaunches } from '../../db/launch-exits.ts'
import { roomAhead } from '../../db/launch-room.ts'
import { writeAudience } from '../../db/launch-snapshot.ts'
import { openLaunches } from '../../db/launches.ts'
import { seeThrough } from '../../db/see-through.ts'
import type { Tx } from '../../db/pool.ts'
import { actsOn } from '../engine/acts.ts'
import { expectBalance } from '../engine/balance.ts'
import { send, waitFor } from '../engine/drawing.ts'
import { during } from '../engine/slow-provider.ts'
import { journeysOf, messagesOf, traceOf } from '../engine/story.ts'
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

const act = (id: number, work: (tx: Tx, launch: HeldLaunch) => Promise<boolean>): Promise<boolean> =>
  world.within(async (tx) => work(tx, await holdLaunch(tx, id)))
const pause = (id: number) => act(id, pauseLaunch)
const resume = (id: number) => act(id, resumeLaunch)
const pace = (id: number, perMinute: number | null) => act(id, (tx, held) => paceLaunch(tx, held, perMinute))
const cancel = (id: number, inside: 'finish' | 'exit') =>
  act(id, (tx, held) => cancelLaunch(tx, held, inside))

/** Lets time pass for the clock of a launch's pace. */
const later = (id: number, seconds: number) =>
  world.rows(`update launch set next_at = next_at - $2 * interval '1 second' where id = $1`, [id, seconds])

test('while a launch is paused nobody enters and those inside go on; resumed, it goes on where it was', async () => {
  const { flow, audience, ids } = await launches.crowd(1_200)
  const id = await launches.launch(flow, { audience })
  await launches.page(id)
  expect(await pause(id)).toBe(true)
  expect(await launches.page(id)).toMatchObject({ over: true, entered: 0 })
  expect(await world.db.outside(openLaunches)).toEqual([])
  await world.carry()
  expect(await journeysOf(world, ids[0] ?? '')).toMatchObject([{ node: 'pause', state: 'resting' }])
  await resume(id)
  expect(await world.db.outside(openLaunches)).toEqual([id])
  await triggers.launchAll()
  expect(await triggers.launch(id)).toMatchObject({ state: 'done', total: 1_200, entered: 1_200 })
  expect(await launches.journeys(flow)).toEqual({ n: 1_200, members: 1_200 })
})

test('asked twice, also at once, a pause, a resume and a cancel each happen once', async () => {
  const { flow, audience } = await launches.crowd(2)
  const id = await launches.launch(flow, { audience })
  for (const again of [pause, resume, (one: number) => cancel(one, 'finish')]) {
    const changed = await Promise.all([again(id), again(id), again(id)])
    expect(changed.filter(Boolean)).toEqual([true])
  }
  expect(await triggers.launch(id)).toMatchObject({ state: 'cancelled', entered: 0 })
})

test('a pause that comes in the middle of a page waits for it: nobody enters after its answer', async () => {
  const { flow, audience } = await launches.crowd(2_200)
  const id = await launches.launch(flow, { audience })
  await launches.page(id)
  const page = launches.page(id)
  await pause(id)
  const { entered } = await triggers.launch(id)
  await page
  expect([1_000, 2_000]).toContain(entered)
  expect(await triggers.launch(id)).toMatchObject({ state: 'paused', entered })
  expect(await launches.journeys(flow)).toEqual({ n: entered, members: entered })
})

test('a launch that was cancelled lets nobody more enter; those inside finish', async () => {
  const { flow, audience, ids } = await launches.crowd(1_200)
  const id = await launches.launch(flow, { audience })
  await launches.page(id)
  await cancel(id, 'finish')
  await triggers.launchAll()
  await takeOutOfLaunches(world.db, { workspace: world.workspace, launch: id })
  await world.carry()
  expect(await triggers.launch(id)).toMatchObject({
    state: 'cancelled',
    entered: 1_000,
    reason: { code: 'launch-cancelled-finish' },
  })
  expect(await journeysOf(world, ids[0] ?? '')).toMatchObject([{ state: 'resting' }])
  expect(await world.rows('select 1 from launch_page where launch = $1', [id])).toEqual([])
})

test('a launch that is cancelled while its audience is written down leaves nothing behind', async () => {
  const { flow, audience } = await launches.crowd(3)
  const id = await launches.launch(flow, { audience })
  await world.within(async (tx) => {
    await cancel(id, 'finish')
    const unwritten = { id, audience, members: null, last: Number.MAX_SAFE_INTEGER }
    await writeAudience(tx, world.desk.memory, unwritten)
  })
  expect(await world.rows('select 1 from launch_page where launch = $1', [id])).toEqual([])
  expect(await triggers.launch(id)).toMatchObject({ state: 'cancelled', total: null })
})

test('with exit those it brought leave wherever they are, nobody else does, and each is told why', async () => {
  const { flow, audience, ids } = await launches.crowd(30, { on: { event: 'Joined' } })
  const [own = '', other = ''] = ids
  await world.post('Joined', other)
  const id = await launches.launch(flow, { audience })
  await triggers.launchAll()
  await world.carry()
  expect(await triggers.launch(id)).toMatchObject({ state: 'done', entered: 29 })
  expect(await cancel(id, 'exit')).toBe(true)
  await takeOutOfLaunches(world.db, { workspace: world.workspace, launch: null })
  await world.carry()
  expect(await traceOf(world, own)).toContain('pause left launch-cancelled')
  expect(await journeysOf(world, other)).toMatchObject([{ state: 'resting' }])
  expect(await cancel(id, 'exit')).toBe(false)
})

test('whoever has not been decided on when it is cancelled gets no message, also before they are marked', async () => {
  const nodes = { tell: send('fixed', ['email']) }
  const { flow, audience, ids } = await launches.crowd(20, { nodes })
  const id = await launches.launch(flow, { audience })
  await launches.page(id)
  await cancel(id, 'exit')
  await world.carry()
  expect(await messagesOf(world, ids[0])).toEqual([])
  expect(await traceOf(world, ids[0] ?? '')).toContain('start left launch-cancelled')
  await seeThrough(world.db, { workspace: world.workspace, flow: null })
  expect(await world.rows('select 1 from launch where taking_out')).toEqual([])
})

test('what waits for its grant when a launch is cancelled is not sent, while a walk carries it', async () => {
  const nodes = { tell: send('fixed', ['email']), rest: waitFor('P1D') }
  const { flow, audience, ids } = await launches.crowd(3, { nodes })
  const id = await launches.launch(flow, { audience })
  await launches.page(id)
  during(world.engine, 'prepare', async () => {
    await cancel(id, 'exit')
    await takeOutOfLaunches(world.db, { workspace: world.workspace, launch: id })
  })
  await world.carry()
  for (const member of ids)
    expect(await messagesOf(world, member)).toMatchObject([
      { status: 'failed', reason: { code: 'launch-cancelled' } },
    ])
})

test('a flow that is stopped ends a launch that is paused, and it cannot be resumed', async () => {
  const { flow, audience } = await launches.crowd(1_200)
  const id = await launches.launch(flow, { audience })
  await launches.page(id)
  await pause(id)
  await actsOn(world).stop(flow, 'finish')
  expect(await triggers.launch(id)).toMatchObject({ state: 'stopped', entered: 1_000 })
  await expect(resume(id)).rejects.toThrow('was stopped with its flow')
  await expect(pause(id)).rejects.toThrow('Only a launch under way can be paused')
})

test('a launch that is done cannot be cancelled, but its people can be taken out', async () => {
  const { flow, audience, ids } = await launches.crowd(2)
  const id = await launches.launch(flow, { audience })
  await triggers.launchAll()
  await expect(cancel(id, 'finish')).rejects.toThrow('"inside": "exit"')
  await cancel(id, 'exit')
  await takeOutOfLaunches(world.db, { workspace: world.workspace, launch: id })
  await world.carry()
  expect(await journeysOf(world, ids[1] ?? '')).toMatchObject([{ state: 'ended', code: 'launch-cancelled' }])
})

test('at a rate the first enters at once, then as many as their time has come', async () => {
  const { flow, audience } = await launches.crowd(400)
  const id = await launches.launch(flow, { audience }, { perMinute: 600 })
  expect(await launches.page(id)).toMatchObject({ over: false, entered: 1 })
  expect((await launches.page(id)).wait).toBeGreaterThan(0)
  await later(id, 5)
  expect((await launches.page(id)).entered).toBeGreaterThanOrEqual(50)
  await later(id, 3_600)
  const crowded = await launches.page(id)
  expect(crowded.entered).toBeLessThanOrEqual(102) // ten seconds are made up for, and the moment itself
  await pace(id, null)
  await triggers.launchAll()
  expect(await launches.journeys(flow)).toEqual({ n: 400, members: 400 })
})

test('those who might have entered during a pause do not come in a crowd when it ends', async () => {
  const { flow, audience } = await launches.crowd(300)
  const id = await launches.launch(flow, { audience }, { perMinute: 600 })
  await launches.page(id)
  await pause(id)
  await later(id, 8)
  await resume(id)
  expect((await launches.page(id)).entered).toBeLessThan(20)
  await cancel(id, 'finish')
})

test('who is refused does not use up the rate', async () => {
  const { flow, audience, ids } = await launches.crowd(30, { on: { event: 'Joined' } })
  for (const member of ids.slice(0, 20)) await world.post('Joined', member)
  const id = await launches.launch(flow, { audience }, { perMinute: 60 })
  let looks = 0
  while ((await triggers.launch(id)).entered === 0 && looks < 40) {
    await launches.page(id)
    looks += 1
  }
  expect(await triggers.launch(id)).toMatchObject({ looked_at: 21, entered: 1, refused: { inside: 20 } })
  await cancel(id, 'finish')
})

test('room at the start is what launches brought there and nobody has taken up', async () => {
  const { flow, audience } = await launches.crowd(300)
  const [live] = await world.rows<{ version: number }>('select version from flow where id = $1', [flow])
  const room = () => world.within((tx) => roomAhead(tx, world.desk.memory, live?.version ?? 0))
  const before = await room()
  await launches.launch(flow, { audience })
  await triggers.launchAll()
  expect(await room()).toBe(before - 300)
  await world.carry()
  expect(await room()).toBe(before)
})
