import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { expectBalance } from './balance.ts'
import { drawing, send, waitFor } from './drawing.ts'
import { somebody } from './people.ts'
import { journeysOf, ledgerOf, messagesOf, toldOf } from './story.ts'
import { openWorld, type World } from './world.ts'

let world: World
let ana: string
beforeAll(async () => {
  world = await openWorld()
})
afterEach(() => expectBalance(world))
afterAll(() => world.close())

let flows = 0
/** Somebody inside a flow that ends by this condition: carried to its wait, or standing at its trigger. */
async function inside(exitWhen: object, { carried = true, nodes = {} } = {}): Promise<void> {
  const event = `Begin-${++flows}`
  await world.publish(
    drawing(
      { tell: send('fixed', ['email']), pause: waitFor('P1D'), ...nodes },
      { settings: { exitWhen }, on: { event } },
    ),
  )
  const member = somebody({ attributes: { tier: 'silver' } })
  ana = member.externalId
  await world.put(member)
  await world.post(event, ana)
  if (carried) await world.carry()
}

async function ended(): Promise<string | null> {
  await world.carry()
  const [journey] = await journeysOf(world, ana)
  return journey?.state === 'ended' ? journey.code : null
}

const CLOSED = { event: 'Closed', count: { op: '>=', n: 1 }, since: 'entry' }
const GOLD = { field: 'member.tier', op: 'eq', value: 'gold' }
const NO_MAIL = { consent: { topic: 'prizes', channel: 'email', state: 'revoked' } }
const CLICKED = { message: { node: 'tell', status: 'clicked' } }
const revoked = { topic: 'prizes', channel: 'email', state: 'revoked', source: 'link' }

const CAUSES: [string, object, () => Promise<unknown>][] = [
  ['an event', CLOSED, () => world.post('Closed', ana)],
  ['an attribute', GOLD, () => world.put({ externalId: ana, attributes: { tier: 'gold' } })],
  ['a consent', NO_MAIL, () => world.put({ externalId: ana, consents: [revoked] })],
  ['a receipt', CLICKED, async () => world.report((await messagesOf(world, ana))[0]?.id ?? 0, 'clicked')],
]

test.each(CAUSES)(
  '%s that makes the exit criteria true ends a journey that rests, at once',
  async (_, exitWhen, happen) => {
    await inside(exitWhen)
    expect(await ended()).toBeNull()
    await happen()
    expect(await ended()).toBe('exit-criteria')
  },
)

test.each(CAUSES.slice(0, 3))(
  '%s that does so before the first step ends the journey there: nothing is sent',
  async (_, exitWhen, happen) => {
    await inside(exitWhen, { carried: false })
    await happen()
    expect(await ended()).toBe('exit-criteria')
    expect(await ledgerOf(world, ana)).toEqual([])
  },
)

test.each([
  ['an event of another type', CLOSED, () => world.post('Opened', ana)],
  ['another attribute', GOLD, () => world.put({ externalId: ana, attributes: { colour: 'gold' } })],
  [
    'another channel’s consent',
    NO_MAIL,
    () => world.put({ externalId: ana, consents: [{ ...revoked, channel: 'sms' }] }),
  ],
])('%s leaves the journey alone', async (_, exitWhen, happen) => {
  await inside(exitWhen)
  await happen()
  expect(await ended()).toBeNull()
})

test('the exit is told with what made it true', async () => {
  await inside(GOLD)
  await world.put({ externalId: ana, attributes: { tier: 'gold' } })
  await ended()
  expect((await toldOf(world, ana)).at(-1)).toBe(
    'pause: Left: the exit criteria of the flow came true (tier was *gold*).',
  )
})

test('an exit fails the message that waits for another try, and it is never sent', async () => {
  await inside(CLOSED, { carried: false })
  await world.put({ externalId: ana, email: 'sim-not-sent@members.example' })
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['tell email pending'])
  await world.post('Closed', ana)
  expect(await messagesOf(world, ana)).toMatchObject([
    { status: 'failed', reason: { code: 'exit-criteria' } },
  ])
  expect(await ended()).toBe('exit-criteria')
  await world.later('P1D')
  expect(await ledgerOf(world, ana)).toEqual(['tell email failed'])
})

test('criteria about a flow that others are in end only the journeys of whom they are true', async () => {
  await inside(CLOSED)
  const first = ana
  await world.put(somebody({ externalId: 'bystander' }))
  await world.post(`Begin-${flows}`, 'bystander')
  await world.carry()
  await world.post('Closed', first)
  await world.carry()
  expect(await journeysOf(world, first)).toMatchObject([{ state: 'ended' }])
  expect(await journeysOf(world, 'bystander')).toMatchObject([{ state: 'resting' }])
})

test('criteria that have grown true by time alone end the journey at its next decision', async () => {
  await inside({ not: { event: 'Active', count: { op: '>=', n: 1 }, within: 'P7D' } }, { carried: false })
  await world.post('Active', ana)
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['tell email sent'])
  await world.later('P8D')
  expect(await ended()).toBe('exit-criteria')
})
