import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { seeThrough } from '../../db/see-through.ts'
import { startDomainSystem } from '../support/domain-system.ts'
import { actsOn } from './acts.ts'
import { expectBalance } from './balance.ts'
import { timeIn, zoneAtNoon } from './clock.ts'
import { webhook } from './calls.ts'
import { drawing, send, wait, waitFor } from './drawing.ts'
import { somebody } from './people.ts'
import { journeysOf, messagesOf } from './story.ts'
import { openWorld, type World } from './world.ts'

const CLOSED = { event: 'Closed', count: { op: '>=', n: 1 }, since: 'entry' }
const CLOCK = { hops: { email: { until: 'delivered', fallbackAfter: 'PT2H' } } }
const MAIL = send('fixed', ['email'])
const zone = zoneAtNoon()

const shop = await startDomainSystem()
let world: World
let acts: ReturnType<typeof actsOn>
let flow: number
let flows = 0
beforeAll(async () => {
  world = await openWorld()
  acts = actsOn(world)
})
afterEach(async () => {
  await expectBalance(world)
  await world.settings({ sending: true, quietHours: null, frequencyCaps: [] })
  await acts.stop(flow, 'exit')
  await world.carry()
})
afterAll(() => Promise.all([world.close(), shop.close()]))

interface Rest {
  steps: Parameters<typeof drawing>[0]
  settings?: Parameters<World['settings']>[0]
  /** What happens once the member rests. */
  meanwhile?: () => Promise<unknown>
  change?: object
  /** Messages of the member by then. */
  sent?: number
}

const RESTS: [string, Rest][] = [
  ['waits for a while', { steps: { rest: waitFor('PT3H'), mail: MAIL } }],
  [
    'waits for a time of day',
    { steps: { rest: wait({ until: { time: timeIn(zone, 4), zone: 'member' } }), mail: MAIL } },
  ],
  [
    'waits for a date',
    {
      steps: { rest: wait({ date: 'renewal' }), mail: MAIL },
      change: { attributes: { renewal: new Date(Date.now() + 9e6).toISOString() } },
    },
  ],
  ['waits for an event', { steps: { rest: wait({ event: 'Replied', timeout: 'PT3H' }), mail: MAIL } }],
  ['waits for a receipt', { steps: { rest: send('fixed', ['email', 'sms'], CLOCK), mail: MAIL }, sent: 1 }],
  [
    'waits for another try of a message',
    { steps: { rest: MAIL, mail: MAIL }, change: { email: 'sim-not-sent@members.example' }, sent: 1 },
  ],
  [
    'waits for another try of a call',
    { steps: { rest: webhook(shop.url, {}, { exits: { failed: 'mail' } }), mail: MAIL } },
  ],
  [
    'waits for the end of quiet hours',
    {
      steps: { rest: MAIL, mail: MAIL },
      settings: { quietHours: { from: timeIn(zone, -1), to: timeIn(zone, 3) }, timeZone: zone },
    },
  ],
  [
    'waits until a cap has room',
    {
      steps: { text: send('fixed', ['sms']), rest: MAIL, mail: MAIL },
      settings: { frequencyCaps: [{ max: 1, per: 'day', window: 'rolling' }] },
      sent: 1,
    },
  ],
  [
    'waits for sending to be switched on',
    { steps: { rest: MAIL, mail: MAIL }, settings: { sending: false } },
  ],
  [
    'is held by a pause',
    {
      steps: { rest: waitFor('PT3H'), mail: MAIL },
      meanwhile: () => acts.pause(flow).then(() => world.later('PT4H')),
    },
  ],
  ['entered while the flow was paused', { steps: { rest: MAIL } }],
]

async function atRest({ steps, settings, meanwhile, change }: Rest, paused = false): Promise<string> {
  const on = { event: `Won${(flows += 1)}` }
  if (settings) await world.settings(settings)
  flow = await world.publish(drawing(steps, { settings: { exitWhen: CLOSED }, on }))
  if (paused) await acts.pause(flow)
  shop.plan({ answer: 503 })
  const member = somebody({ timeZone: zone, ...change })
  await world.put(member)
  await world.post(`Won${flows}`, member.externalId)
  await world.carry()
  await meanwhile?.()
  expect(await journeysOf(world, member.externalId)).toMatchObject([{ state: 'resting' }])
  return member.externalId
}

const restOf = ([name, rest]: [string, Rest]) => atRest(rest, name.startsWith('entered'))

test.each(RESTS)('who %s leaves at once when the flow is stopped with “exit”', async (...named) => {
  const ana = await restOf(named)
  await acts.stop(flow, 'exit')
  await world.carry()
  expect(await journeysOf(world, ana)).toMatchObject([{ state: 'ended', code: 'flow-stopped' }])
  await world.settings({ sending: true, quietHours: null, frequencyCaps: [] })
  await world.later('P1D')
  expect(await messagesOf(world, ana)).toHaveLength(named[1].sent ?? 0)
})

test.each(RESTS)('who %s leaves at once when the exit criteria come true', async (...named) => {
  const ana = await restOf(named)
  await world.post('Closed', ana)
  await world.carry()
  expect(await journeysOf(world, ana)).toMatchObject([{ state: 'ended', code: 'exit-criteria' }])
})

test.each(RESTS)('who %s goes on to the end when the flow is stopped with “finish”', async (...named) => {
  const ana = await restOf(named)
  await acts.stop(flow, 'finish')
  await world.settings({ sending: true, quietHours: null, frequencyCaps: [] })
  await world.put({ externalId: ana, email: 'mended@members.example' })
  for (let times = 0; times < 6; times += 1) await world.later('PT6H')
  expect(await journeysOf(world, ana)).toMatchObject([{ state: 'ended', code: 'end' }])
})

test.each(RESTS.filter(([, { settings }]) => !settings))(
  'with the one switch that stops all sending, who %s is sent nothing until it is on again',
  async (...named) => {
    const ana = await restOf(named)
    const before = await messagesOf(world, ana)
    await world.settings({ sending: false })
    if ((await world.rows(`select 1 from flow where id = $1 and state = 'paused'`, [flow])).length > 0)
      await acts.resume(flow, 'catch-up')
    await world.put({ externalId: ana, email: 'mended@members.example' })
    for (let times = 0; times < 3; times += 1) await world.later('PT6H')
    expect((await messagesOf(world, ana)).map((one) => one.id)).toEqual(before.map((one) => one.id))
    const granted = `select 1 from message where granted_at > (select max(updated_at) from settings)`
    expect(await world.rows(granted)).toEqual([])
    await world.settings({ sending: true })
    for (let times = 0; times < 6; times += 1) await world.later('PT6H')
    expect(await journeysOf(world, ana)).toMatchObject([{ state: 'ended', code: 'end' }])
  },
)

test('on an allow-list, whoever rests goes on, and nothing leaves to addresses that are not on it', async () => {
  const ana = await atRest({ steps: { rest: waitFor('PT3H'), mail: MAIL } })
  await world.settings({ allowList: ['somebody-else@members.example'] })
  await world.later('PT3H')
  await world.settings({ allowList: null })
  expect(await messagesOf(world, ana)).toEqual([])
  expect((await journeysOf(world, ana))[0]?.steps.at(-1)?.candidates).toMatchObject([
    { channel: 'email', refused: { code: 'not-allow-listed' } },
  ])
})

test('a flow that is stopped while it is paused goes on for those inside as after “shift”', async () => {
  const ana = await atRest({ steps: { rest: waitFor('PT3H'), mail: MAIL } })
  await acts.pause(flow)
  await world.later('PT10H')
  await acts.stop(flow, 'finish')
  await world.carry()
  await world.later('PT2H59M')
  expect(await messagesOf(world, ana)).toEqual([])
  await world.later('PT2M')
  expect(await messagesOf(world, ana)).toHaveLength(1)
})

test('people who are still to be taken out when the process that stops the flow dies are taken out all the same', async () => {
  const ana = await atRest({ steps: { rest: waitFor('PT3H'), mail: MAIL } })
  const version = 'select max(id) from flow_version where flow = $1'
  await world.rows(`update flow set state = 'stopped', taken_out = (${version}) where id = $1`, [flow])
  await seeThrough(world.db, { workspace: world.workspace, flow: null })
  await world.carry()
  expect(await journeysOf(world, ana)).toMatchObject([{ state: 'ended', code: 'flow-stopped' }])
})

test('people who are still held when the process that resumes the flow dies go on all the same', async () => {
  const ana = await atRest({ steps: { rest: waitFor('PT3H'), mail: MAIL } })
  await acts.pause(flow)
  await world.later('PT5H')
  await world.rows(`update flow set state = 'live', paused_at = null where id = $1`, [flow])
  await world.carry()
  expect(await messagesOf(world, ana)).toEqual([])
  await seeThrough(world.db, { workspace: world.workspace, flow: null })
  await world.carry()
  expect(await messagesOf(world, ana)).toHaveLength(1)
})
