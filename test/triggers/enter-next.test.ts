import { afterAll, beforeAll, expect, test } from 'vitest'
import { enterNext } from '../../activities/enter-next.ts'
import { holdLaunch, pauseLaunch } from '../../db/launch-acts.ts'
import { until } from '../crash/until.ts'
import { openWorld, type World } from '../engine/world.ts'
import { launching } from './launching.ts'
import { triggering } from './triggering.ts'

let world: World
let launches: ReturnType<typeof launching>
beforeAll(async () => {
  world = await openWorld()
  launches = launching(world)
})
afterAll(() => world.close())

/** A launch that lets one enter a minute, taken up by a worker that has let the first one in. */
async function takenUp() {
  const { flow, audience } = await launches.crowd(3)
  const id = await launches.launch(flow, { audience }, { perMinute: 1 })
  const closing = new AbortController()
  const told = new Set<number>()
  const engine = {
    db: world.db,
    memory: world.desk.memory,
    moved: () => {},
    progressed: (_: number, launch: number) => void told.add(launch),
    onFault: () => {},
    closing: closing.signal,
  }
  const ended = enterNext(engine, id, closing.signal)
  await until(async () => (await triggering(world).launch(id)).entered === 1)
  return { id, closing, ended, told }
}

test('a worker that shuts down does not wait for the next one to enter, and leaves them to another', async () => {
  const { id, closing, ended, told } = await takenUp()
  closing.abort()
  expect(await ended).toEqual({ over: false })
  expect(told).toEqual(new Set([id]))
})

test('a launch that is paused while it waits for its next member is let go of', async () => {
  const { id, ended } = await takenUp()
  await world.within(async (tx) => pauseLaunch(tx, await holdLaunch(tx, id)))
  expect(await ended).toEqual({ over: true })
})
