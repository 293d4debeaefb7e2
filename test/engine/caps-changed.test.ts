import { afterEach, beforeEach, expect, test } from 'vitest'
import { expectBalance } from './balance.ts'
import { counts, daily, openCapped, somebodyNew, win } from './capping.ts'
import { zoneAtNoon } from './clock.ts'
import type { World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await openCapped()
})
afterEach(async () => {
  await expectBalance(world)
  await world.close()
})

test('a cap that is raised lets those who rest go at once; one that is lowered holds the next', async () => {
  await world.settings({ frequencyCaps: [daily(1)] })
  const ana = await somebodyNew(world)
  await win(world, ana, { times: 2 })
  await world.carry()
  await world.settings({ frequencyCaps: [daily(2)] })
  await world.carry()
  expect(await counts(world, ana)).toEqual({ sent: 2, rests: [] })
  await world.settings({ frequencyCaps: [daily(1)] })
  await win(world, ana)
  await world.carry()
  expect(await counts(world, ana)).toEqual({ sent: 2, rests: ['frequency-cap'] })
})

test('a cap that is lifted while a decision is being made leaves nobody resting by the old one', async () => {
  await world.settings({ frequencyCaps: [daily(1)] })
  const ana = await somebodyNew(world)
  await win(world, ana)
  await world.carry()
  await win(world, ana)
  const { memory } = world.engine
  // The facts that were read are out of date before the decision is written.
  const workspace = memory.workspace.bind(memory)
  let lifted = false
  world.engine.memory = {
    ...memory,
    async workspace(tx) {
      const facts = await workspace(tx)
      if (!lifted) {
        lifted = true
        await world.settings({ frequencyCaps: [] })
      }
      return facts
    },
  }
  await world.carry()
  world.engine.memory = memory
  expect(await counts(world, ana)).toEqual({ sent: 2, rests: [] })
})

test('who moves to where a new day has begun gets the next message at once', async () => {
  await world.settings({ frequencyCaps: [daily(1, { window: 'calendar' })] })
  const ana = await somebodyNew(world)
  await win(world, ana, { times: 2 })
  await world.carry()
  expect(await counts(world, ana)).toEqual({ sent: 1, rests: ['frequency-cap'] })
  await world.later('PT2H')
  // There it is one in the night, and the first message left at eleven in the evening.
  await world.put({ externalId: ana, timeZone: zoneAtNoon(Date.now() - 13 * 3_600_000) })
  await world.carry()
  expect(await counts(world, ana)).toEqual({ sent: 2, rests: [] })
})
