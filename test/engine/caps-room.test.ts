import { afterEach, beforeEach, expect, test } from 'vitest'
import { resolveMessage } from '../../db/resolve.ts'
import { expectBalance } from './balance.ts'
import { counts, daily, openCapped, somebodyNew, win } from './capping.ts'
import { drawing, send } from './drawing.ts'
import { openEngine } from './open-engine.ts'
import { during } from './slow-provider.ts'
import { messagesOf } from './story.ts'
import type { World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await openCapped()
})
afterEach(async () => {
  await expectBalance(world)
  await world.close()
})

/** A message that was claimed and could not leave: sending is switched off in the moment before. */
async function heldBack(member: string): Promise<void> {
  during(world.engine, 'prepare', () => world.settings({ sending: false }))
  await win(world, member)
  await world.carry()
  expect((await messagesOf(world, member)).map((one) => one.status)).toEqual(['pending'])
}

test('a message that leaves days after it was claimed counts on the day it leaves', async () => {
  await world.settings({ frequencyCaps: [daily(1)] })
  const ana = await somebodyNew(world)
  await heldBack(ana)
  await world.later('P9D')
  await world.settings({ sending: true })
  await world.carry()
  await win(world, ana)
  await world.carry()
  expect(await counts(world, ana)).toEqual({ sent: 1, rests: ['frequency-cap'] })
})

test('a message that was claimed days ago leaves only when there is room on the day', async () => {
  await world.settings({ frequencyCaps: [daily(1)] })
  const ana = await somebodyNew(world)
  await heldBack(ana)
  await world.later('P9D')
  // On again, but unnoticed by those who rest: whoever comes now is first.
  await world.rows(`update settings set body = body || '{"sending": true}'`)
  await win(world, ana)
  await world.carry()
  await world.settings({ sending: false })
  await world.settings({ sending: true })
  await world.carry()
  expect(await counts(world, ana)).toEqual({ sent: 2, rests: ['frequency-cap'] })
  expect((await messagesOf(world, ana)).map((one) => one.status)).toEqual(['pending', 'sent'])
  await world.later('P1D')
  await world.later('PT1S')
  expect((await messagesOf(world, ana)).map((one) => one.status)).toEqual(['sent', 'sent'])
})

test('a message on its way keeps its place while another journey is decided on', async () => {
  await world.settings({ frequencyCaps: [daily(1)] })
  await world.publish(drawing({ tell: send('fixed', ['sms']) }, { on: { event: 'Meanwhile' } }))
  const second = await openEngine(world.db, world.workspace)
  const ana = await somebodyNew(world)
  during(world.engine, 'prepare', async () => {
    await win(world, ana, { event: 'Meanwhile' })
    await second.carryAll()
  })
  await win(world, ana)
  await world.carry()
  await second.close()
  expect(await counts(world, ana)).toEqual({ sent: 1, rests: ['frequency-cap'] })
})

test.each([
  ['a bounce', async (id: number) => world.report(id, 'bounced')],
  [
    'an operator who says that it was never sent',
    async (id: number) =>
      world.within((tx) => resolveMessage(tx, { message: id, as: 'failed', actor: 'test' })),
  ],
])('%s makes room under the cap at once', async (_, fail) => {
  await world.settings({ frequencyCaps: [daily(1)] })
  const ana = await somebodyNew(world, { email: 'sim-unknown@members.example' })
  await win(world, ana, { times: 2 })
  await world.carry()
  expect(await counts(world, ana)).toEqual({ sent: 1, rests: ['frequency-cap'] })
  const [first] = await messagesOf(world, ana)
  await fail(first?.id ?? 0)
  await world.carry()
  expect(await counts(world, ana)).toEqual({ sent: 2, rests: [] })
})

test('a journey that is taken out leaves its place under the cap to the others', async () => {
  await world.settings({ frequencyCaps: [daily(1)] })
  const exitWhen = { event: 'Closed', count: { op: '>=', n: 1 }, since: 'entry' }
  await world.publish(drawing({ tell: send('fixed', ['sms']) }, { on: { event: 'Later' } }))
  await world.publish(
    drawing({ ask: send('fixed', ['email']) }, { settings: { exitWhen }, on: { event: 'Ask' } }),
  )
  const ana = await somebodyNew(world, { email: 'sim-not-sent@members.example' })
  await win(world, ana, { event: 'Ask' })
  await world.carry()
  await win(world, ana, { event: 'Later' })
  await world.carry()
  expect(await counts(world, ana)).toEqual({ sent: 1, rests: ['retry', 'frequency-cap'] })
  await world.post('Closed', ana)
  await world.carry()
  expect((await messagesOf(world, ana)).map(({ channel, status }) => `${channel} ${status}`)).toEqual([
    'email failed',
    'sms sent',
  ])
})
