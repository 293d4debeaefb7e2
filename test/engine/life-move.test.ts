import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { flowStats } from '../../db/flow-stats.ts'
import { seeThrough } from '../../db/see-through.ts'
import { standings } from '../../db/standings.ts'
import { previewPublish } from '../../server/flows/publish-preview.ts'
import { actsOn } from './acts.ts'
import { expectBalance } from './balance.ts'
import { drawing, send, wait, waitFor } from './drawing.ts'
import { somebody } from './people.ts'
import { during } from './slow-provider.ts'
import { journeysOf, ledgerOf, messagesOf, toldOf, traceOf } from './story.ts'
import { openWorld, type World } from './world.ts'

type Steps = Parameters<typeof drawing>[0]

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
  await acts.stop(flow, 'exit')
  await world.carry()
})
afterAll(() => world.close())

const drawn = (steps: Steps, settings: object = {}) =>
  drawing(steps, { settings, on: { event: `Won${flows}` } })

async function begin(steps: Steps): Promise<string> {
  flows += 1
  flow = await world.publish(drawn(steps))
  return enter()
}

async function enter(change: object = {}): Promise<string> {
  const member = somebody(change)
  await world.put(member)
  await world.post(`Won${flows}`, member.externalId)
  await world.carry()
  return member.externalId
}

async function move(steps: Steps, settings: object = {}): Promise<void> {
  await acts.move(flow, drawn(steps, settings))
  await world.carry()
}

const stands = async (member: string) => (await journeysOf(world, member)).at(-1)
const MAIL = send('fixed', ['email'])
const CLOCK = { until: 'delivered', fallbackAfter: 'PT2H' }

test('who waits when a new version is published with “move” goes on in it, from where they stand', async () => {
  const ana = await begin({ pause: waitFor('PT3H'), mail: MAIL })
  await move({ pause: waitFor('PT3H'), text: send('fixed', ['sms']) })
  expect(await stands(ana)).toMatchObject({ version: 2, node: 'pause', state: 'resting' })
  expect(await toldOf(world, ana)).toContain('pause: Moved to version 2, to the same step.')
  await world.later('PT3H')
  expect(await ledgerOf(world, ana)).toEqual(['text sms sent'])
})

test('a wait that is shorter or longer in the new version counts from when the member arrived', async () => {
  const ana = await begin({ pause: waitFor('PT3H'), mail: MAIL })
  await world.later('PT2H')
  await move({ pause: waitFor('PT5H'), mail: MAIL })
  await world.later('PT2H')
  expect(await ledgerOf(world, ana)).toEqual([])
  await move({ pause: waitFor('PT1H'), mail: MAIL })
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

test('a wait that was put off by a pause stays put off in the new version', async () => {
  const ana = await begin({ pause: waitFor('PT3H'), mail: MAIL })
  await acts.pause(flow)
  await world.later('PT10H')
  await acts.resume(flow, 'shift')
  await world.carry()
  await move({ pause: waitFor('PT4H'), mail: MAIL })
  await world.later('PT3H59M')
  expect(await ledgerOf(world, ana)).toEqual([])
  await world.later('PT2M')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

test('what a step has sent counts as sent in the new version, and its clock runs on', async () => {
  const ana = await begin({
    mail: send('fixed', ['email', 'whatsapp'], { hops: { email: CLOCK } }),
    end: MAIL,
  })
  await world.later('PT1H')
  await move({ mail: send('fixed', ['email', 'sms'], { hops: { email: CLOCK } }) })
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
  await world.later('PT59M')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
  await world.later('PT2M')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent', 'mail sms sent'])
})

test('a receipt for a message of the old version is heard in the new one', async () => {
  const steps = {
    mail: send('fixed', ['email', 'sms'], { hops: { email: CLOCK } }),
    then: send('fixed', ['sms']),
  }
  const ana = await begin(steps)
  await move(steps)
  await world.report((await messagesOf(world, ana))[0]?.id ?? 0, 'delivered')
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['mail email delivered', 'then sms sent'])
})

test('an event that is waited for is heard in the new version, and one that came before is not asked again', async () => {
  const hear = wait({ event: 'Replied', timeout: 'P2D' })
  const ana = await begin({ hear, mail: MAIL })
  await move({ hear: wait({ event: 'Replied', timeout: 'P3D' }), text: send('fixed', ['sms']) })
  expect(await stands(ana)).toMatchObject({ version: 2, node: 'hear', state: 'resting' })
  await world.post('Replied', ana)
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['text sms sent'])
})

test('who rests at a step that is gone, or of another kind, finishes the old version', async () => {
  const ana = await begin({ pause: waitFor('PT3H'), mail: MAIL })
  await move({ other: waitFor('PT3H'), pause: send('fixed', ['sms']) })
  expect(await stands(ana)).toMatchObject({ version: 1, node: 'pause', state: 'resting' })
  await world.later('PT3H')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

test('who is being sent a message when the new version is published finishes the old one', async () => {
  const ana = await begin({ pause: waitFor('PT3H'), mail: MAIL, again: MAIL })
  during(
    world.engine,
    'send',
    async () => void (await acts.move(flow, drawn({ mail: MAIL, text: send('fixed', ['sms']) }))),
  )
  await world.later('PT3H')
  expect(await stands(ana)).toMatchObject({ version: 1, state: 'ended' })
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent', 'again email sent'])
})

test('the exit criteria of the new version hold for those who were moved to it', async () => {
  const ana = await begin({ pause: waitFor('PT3H'), mail: MAIL })
  const exitWhen = { event: 'Closed', count: { op: '>=', n: 1 }, since: 'entry' }
  await move({ pause: waitFor('PT3H'), mail: MAIL }, { exitWhen })
  await world.post('Closed', ana)
  await world.carry()
  expect(await stands(ana)).toMatchObject({ state: 'ended', code: 'exit-criteria' })
})

test('the preview says how many stand where, and who would move or why not; publishing does just that', async () => {
  await begin({
    pause: waitFor('PT3H'),
    mail: send('fixed', ['email', 'sms'], { hops: { email: CLOCK } }),
    late: waitFor('P1D'),
  })
  await world.later('PT3H')
  await enter()
  await enter()
  const next = drawn({ pause: waitFor('PT1H'), late: waitFor('P1D'), mail: waitFor('PT1H') })
  const preview = previewPublish(await world.within((tx) => standings(tx, flow)), next)
  expect(preview).toMatchObject({ moving: 2, finishing: 1 })
  expect(preview.nodes).toMatchObject([
    {
      version: 1,
      node: 'mail',
      kind: 'send',
      resting: 1,
      active: 0,
      moves: false,
      why: 'Finishes their version: in the new one this step is a *wait*.',
    },
    {
      version: 1,
      node: 'pause',
      resting: 2,
      moves: true,
      why: 'Goes on at the same step of the new version.',
    },
  ])
  await acts.move(flow, next)
  const after = await world.within((tx) => standings(tx, flow))
  expect(after).toMatchObject([
    { version: 2, node: 'pause', resting: 2 },
    { version: 1, node: 'mail', resting: 1 },
  ])
  await world.carry()
})

test('the sums of a flow balance when people were moved, at every step', async () => {
  await begin({ pause: waitFor('PT3H'), mail: MAIL })
  await enter()
  await move({ pause: waitFor('PT3H'), mail: MAIL, last: waitFor('P1D') })
  await enter()
  await world.later('PT3H')
  const { enrolled, resting, nodes } = await world.within((tx) => flowStats(tx, flow))
  expect({ enrolled, resting }).toEqual({ enrolled: 3, resting: 3 })
  expect(nodes['pause']).toMatchObject({ entered: 3, resting: 0, left: 0, exits: { next: 3 } })
})

test('a version that is published while the flow is paused keeps it paused, and moves people all the same', async () => {
  const ana = await begin({ pause: waitFor('PT3H'), mail: MAIL })
  await acts.pause(flow)
  const bob = await enter()
  await world.later('PT5H')
  await move({ pause: waitFor('PT3H'), text: send('fixed', ['sms']) })
  await world.later('PT1H')
  expect(await stands(ana)).toMatchObject({ version: 2, node: 'pause', state: 'resting' })
  expect(await stands(bob)).toMatchObject({ version: 2, node: 'start', state: 'resting' })
  await acts.resume(flow, 'shift')
  await world.carry()
  await world.later('PT2H59M')
  expect(await ledgerOf(world, ana)).toEqual([])
  await world.later('PT2M')
  expect(await ledgerOf(world, ana)).toEqual(['text sms sent'])
  expect(await ledgerOf(world, bob)).toEqual(['text sms sent'])
})

test('who was taken out is not moved, even if the flow is published again before they have left', async () => {
  const ana = await begin({ pause: waitFor('PT3H'), mail: MAIL })
  await acts.stop(flow, 'exit')
  await move({ pause: waitFor('PT3H'), mail: MAIL })
  const bob = await enter()
  expect(await stands(ana)).toMatchObject({ version: 1, state: 'ended', code: 'flow-stopped' })
  expect(await stands(bob)).toMatchObject({ version: 2, state: 'resting' })
})

test('a move that was interrupted is finished by the reconciler', async () => {
  const ana = await begin({ pause: waitFor('PT3H'), mail: MAIL })
  const steps = { pause: waitFor('PT3H'), text: send('fixed', ['sms']) }
  await world.publish(drawn(steps), flow)
  await world.rows('update flow_version set moving = true where flow = $1 and number = 2', [flow])
  await seeThrough(world.db, { workspace: world.workspace, flow: null })
  await world.carry()
  expect(await stands(ana)).toMatchObject({ version: 2, node: 'pause' })
  expect(await world.rows('select 1 from flow_version where moving')).toEqual([])
  expect(await traceOf(world, ana)).toContain('pause moved moved')
})
