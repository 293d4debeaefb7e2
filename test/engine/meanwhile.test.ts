import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { stopFlow } from '../../db/flow-acts.ts'
import { expectBalance } from './balance.ts'
import { drawing, send, waitFor } from './drawing.ts'
import { openEngine } from './open-engine.ts'
import { somebody } from './people.ts'
import { during, type Moment } from './slow-provider.ts'
import { journeysOf, ledgerOf, messagesOf, traceOf } from './story.ts'
import { openWorld, type World } from './world.ts'

const CLOSED = { event: 'Closed', count: { op: '>=', n: 1 }, since: 'entry' }

let world: World
let flow: number
let ana: string
beforeAll(async () => {
  world = await openWorld()
})
afterEach(() => expectBalance(world))
afterAll(() => world.close())

/** Something happens at this moment of the first hand-over; answers the ledger after it. */
async function meanwhile(
  moment: Moment,
  act: () => Promise<unknown>,
  change: object = {},
): Promise<string[]> {
  const nodes = {
    tell: send('fixed', ['email', 'sms']),
    pause: waitFor('P1D'),
    again: send('fixed', ['email']),
  }
  flow = await world.publish(drawing(nodes, { settings: { exitWhen: CLOSED } }), flow)
  const member = somebody(change)
  ana = member.externalId
  await world.put(member)
  await world.post('Won', ana)
  during(world.engine, moment, act)
  await world.carry()
  return ledgerOf(world, ana)
}

const revoke = (topic: string) => () =>
  world.put({ externalId: ana, consents: [{ topic, channel: 'email', state: 'revoked', source: 'link' }] })
const close = () => world.post('Closed', ana)

test.each(['prizes', '*'])(
  'an opt-out from %s before the grant wins: nothing leaves by mail, the next channel has its turn',
  async (topic) => {
    expect(await meanwhile('prepare', revoke(topic))).toEqual(['tell email failed', 'tell sms sent'])
    const [mail] = await messagesOf(world, ana)
    expect(mail?.reason?.code).toBe(topic === '*' ? 'stopped' : 'consent-revoked')
  },
)

test('an opt-out after the grant comes too late for that message, and holds for the next', async () => {
  expect(await meanwhile('send', revoke('prizes'))).toEqual(['tell email sent'])
  await world.later('P1D')
  expect(await ledgerOf(world, ana)).toEqual(['tell email sent'])
  expect((await traceOf(world, ana)).at(-1)).toBe('again failed unreachable')
})

test('an exit before the grant wins: nothing leaves', async () => {
  expect(await meanwhile('prepare', close)).toEqual(['tell email failed'])
  expect(await journeysOf(world, ana)).toMatchObject([
    { node: 'tell', state: 'ended', code: 'exit-criteria' },
  ])
})

test('an exit after the grant ends the journey as soon as the provider has answered', async () => {
  expect(await meanwhile('send', close)).toEqual(['tell email sent'])
  expect(await journeysOf(world, ana)).toMatchObject([
    { node: 'tell', state: 'ended', code: 'exit-criteria' },
  ])
})

test.each([
  ['prepare', 'tell email failed'],
  ['send', 'tell email sent'],
] as const)('stopping the flow at %s takes a carried member out: %s', async (moment, ledger) => {
  expect(await meanwhile(moment, () => world.within((tx) => stopFlow(tx, flow, 'exit')))).toEqual([ledger])
  expect(await journeysOf(world, ana)).toMatchObject([{ state: 'ended', code: 'flow-stopped' }])
})

test('sending that is switched off before the grant keeps the message back until it is on again', async () => {
  expect(await meanwhile('prepare', () => world.settings({ sending: false }))).toEqual(['tell email pending'])
  expect(await journeysOf(world, ana)).toMatchObject([{ state: 'resting', code: 'sending-off' }])
  await world.settings({ sending: true })
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['tell email sent'])
})

test('a receipt that comes before the provider has answered is kept', async () => {
  const report = async () => world.report((await messagesOf(world, ana))[0]?.id ?? 0, 'delivered')
  expect(await meanwhile('send', report)).toEqual(['tell email delivered'])
  expect(await journeysOf(world, ana)).toMatchObject([{ node: 'pause', state: 'resting' }])
})

test('a bounce that comes before the provider has answered leads to the next channel', async () => {
  const report = async () =>
    world.report((await messagesOf(world, ana))[0]?.id ?? 0, 'bounced', { hard: true })
  expect(await meanwhile('send', report)).toEqual(['tell email failed', 'tell sms sent'])
})

test('an address that the provider refuses for good is used for nothing else, also not for what waits already', async () => {
  const second = await openEngine(world.db, world.workspace)
  await world.publish(drawing({ other: send('fixed', ['email']) }, { on: { event: 'Meanwhile' } }))
  const refused = async () => {
    await world.post('Meanwhile', ana)
    await second.carryAll()
  }
  const ledger = await meanwhile('prepare', refused, { email: 'sim-invalid-address@members.example' })
  await second.close()
  expect(ledger).toEqual(['tell email failed', 'other email failed', 'tell sms sent'])
  const [waiting] = await messagesOf(world, ana)
  expect(waiting?.reason).toMatchObject({
    code: 'suppressed',
    args: { channel: 'email', why: 'invalid-address' },
  })
  await world.later('P1D')
  expect((await journeysOf(world, ana))[0]?.steps.at(-1)?.candidates).toMatchObject([
    { channel: 'email', refused: { code: 'suppressed', args: { why: 'invalid-address' } } },
  ])
})

test('an event that starts another flow while the member is carried waits for nobody', async () => {
  await world.publish(drawing({ tell: send('fixed', ['sms']) }, { on: { event: 'Other' } }))
  await meanwhile('send', () => world.post('Other', ana))
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['tell email sent', 'tell sms sent'])
})
