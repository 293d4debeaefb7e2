import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { expectBalance } from './balance.ts'
import { drawing, waitFor } from './drawing.ts'
import { somebody } from './people.ts'
import { journeysOf, toldOf, traceOf } from './story.ts'
import { openWorld, type World } from './world.ts'

let world: World
let ana: string
beforeAll(async () => {
  world = await openWorld()
})
afterEach(() => expectBalance(world))
afterAll(() => world.close())

let events = 0
/** A flow that keeps people for a day, with this re-entry rule; answers the event that starts it. */
async function flowWith(
  reentry: object,
): Promise<{ flow: number; event: string; document: ReturnType<typeof drawing> }> {
  const event = `Event-${++events}`
  const document = drawing({ pause: waitFor('P1D') }, { settings: { reentry }, on: { event } })
  const member = somebody()
  ana = member.externalId
  await world.put(member)
  return { flow: await world.publish(document), event, document }
}

/** Posts the event and carries; answers how many journeys there are by now. */
async function knock(event: string): Promise<number> {
  await world.post(event, ana)
  await world.carry()
  return (await journeysOf(world, ana)).length
}

test('every, twice at once allowed: each event is a journey', async () => {
  const { event } = await flowWith({ policy: 'every', concurrent: true })
  expect([await knock(event), await knock(event)]).toEqual([1, 2])
})

test('every, one at a time: an event while inside is refused with the reason, and not kept for later', async () => {
  const { event } = await flowWith({ policy: 'every' })
  expect([await knock(event), await knock(event)]).toEqual([1, 1])
  expect((await toldOf(world, ana)).at(-1)).toBe(
    'start: Not entered: already inside this flow, and it does not allow entering twice at once.',
  )
  await world.later('P1D')
  expect(await journeysOf(world, ana)).toMatchObject([{ state: 'ended' }])
  expect(await knock(event)).toBe(2)
})

test('of two events in one batch only the first enters, and the second is told on its journey', async () => {
  const { event } = await flowWith({ policy: 'every' })
  await world.postAll([
    { type: event, member: ana },
    { type: event, member: ana },
  ])
  await world.carry()
  expect(await journeysOf(world, ana)).toHaveLength(1)
  expect(await traceOf(world, ana)).toContain('start refused inside')
})

test('once is once for ever', async () => {
  const { event } = await flowWith({ policy: 'once' })
  await knock(event)
  await world.later('P400D')
  expect(await knock(event)).toBe(1)
  expect((await toldOf(world, ana)).at(-1)).toBe(
    'start: Not entered: this flow takes each member once, and they have been in it.',
  )
})

test('after a gap: not before it has passed since the last entry', async () => {
  const { event } = await flowWith({ policy: 'after', gap: 'P7D' })
  await knock(event)
  await world.later('P6D')
  expect(await knock(event)).toBe(1)
  expect((await traceOf(world, ana)).at(-1)).toBe('start refused gap')
  await world.later('P1D')
  expect(await knock(event)).toBe(2)
})

test('after a gap: who is still inside when it has passed is refused, too', async () => {
  const { event } = await flowWith({ policy: 'after', gap: 'PT1H' })
  await knock(event)
  await world.later('PT2H')
  expect(await knock(event)).toBe(1)
  expect((await traceOf(world, ana)).at(-1)).toBe('start refused inside')
})

test.each([
  ['once', { policy: 'once' }, 'P2D'],
  ['one at a time', { policy: 'every' }, 'PT1H'],
  ['a gap', { policy: 'after', gap: 'P7D' }, 'P2D'],
])('%s holds over all versions of a flow', async (_, reentry, wait) => {
  const { flow, event, document } = await flowWith(reentry)
  await knock(event)
  await world.publish(document, flow)
  await world.later(wait)
  expect(await knock(event)).toBe(1)
})

test('the same event a hundred times in parallel is one journey', async () => {
  const { event } = await flowWith({ policy: 'every', concurrent: true })
  const id = `${event} of ${ana}`
  const answers = await Promise.all(Array.from({ length: 100 }, () => world.post(event, ana, { id })))
  await world.carry()
  expect(answers.reduce((sum, one) => sum + one.accepted, 0)).toBe(1)
  expect(await journeysOf(world, ana)).toHaveLength(1)
})

test('a hundred different events in parallel are one journey where one at a time is allowed', async () => {
  const { event } = await flowWith({ policy: 'every' })
  await Promise.all(Array.from({ length: 100 }, () => world.post(event, ana)))
  await world.carry()
  expect(await journeysOf(world, ana)).toHaveLength(1)
})

test('an event of an unknown member makes a bare member, who enters', async () => {
  const { event } = await flowWith({ policy: 'every' })
  await world.post(event, 'nobody-yet')
  await world.carry()
  expect(await journeysOf(world, 'nobody-yet')).toHaveLength(1)
})
