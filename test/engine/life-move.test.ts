import { afterAll, afterEach, expect, test } from 'vitest'
import { flowStats } from '../../db/flow-stats.ts'
import { seeThrough } from '../../db/see-through.ts'
import { standings } from '../../db/standings.ts'
import { previewPublish } from '../../server/flows/publish-preview.ts'
import { send, wait, waitFor } from './drawing.ts'
import { openLife } from './life.ts'
import { during } from './slow-provider.ts'
import { ledgerOf, messagesOf, toldOf, traceOf } from './story.ts'

const life = await openLife()
const { world } = life
afterEach(life.end)
afterAll(world.close)

const MAIL = send('fixed', ['email'])
const CLOCK = { until: 'delivered', fallbackAfter: 'PT2H' }

test('who waits when a new version is published with “move” goes on in it, from where they stand', async () => {
  const ana = await life.begin({ pause: waitFor('PT3H'), mail: MAIL })
  await life.move({ pause: waitFor('PT3H'), text: send('fixed', ['sms']) })
  await world.carry()
  expect(await life.stands(ana)).toMatchObject({ version: 2, node: 'pause', state: 'resting' })
  expect(await toldOf(world, ana)).toContain('pause: Moved to version 2, to the same step.')
  await world.later('PT3H')
  expect(await ledgerOf(world, ana)).toEqual(['text sms sent'])
})

test('a wait that is shorter or longer in the new version counts from when the member arrived', async () => {
  const ana = await life.begin({ pause: waitFor('PT3H'), mail: MAIL })
  await world.later('PT2H')
  await life.move({ pause: waitFor('PT5H'), mail: MAIL })
  await world.carry()
  await world.later('PT2H')
  expect(await ledgerOf(world, ana)).toEqual([])
  await life.move({ pause: waitFor('PT1H'), mail: MAIL })
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

test('a wait that was put off by a pause stays put off in the new version', async () => {
  const ana = await life.begin({ pause: waitFor('PT3H'), mail: MAIL })
  await life.pause()
  await world.later('PT10H')
  await life.resume('shift')
  await life.move({ pause: waitFor('PT4H'), mail: MAIL })
  await world.carry()
  await world.later('PT3H59M')
  expect(await ledgerOf(world, ana)).toEqual([])
  await world.later('PT2M')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

test('what a step has sent counts as sent in the new version, and its clock runs on', async () => {
  const ana = await life.begin({
    mail: send('fixed', ['email', 'whatsapp'], { hops: { email: CLOCK } }),
    end: MAIL,
  })
  await world.later('PT1H')
  await life.move({ mail: send('fixed', ['email', 'sms'], { hops: { email: CLOCK } }) })
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
  await world.later('PT59M')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
  await world.later('PT2M')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent', 'mail sms sent'])
})

test('a receipt for a message of the old version is heard in the new one', async () => {
  const steps = {
    mail: send('fixed', ['email', 'sms'], { hops: { email: CLOCK } }),
    text: send('fixed', ['sms']),
  }
  const ana = await life.begin(steps)
  await life.move(steps)
  await world.carry()
  await world.report((await messagesOf(world, ana))[0]?.id ?? 0, 'delivered')
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['mail email delivered', 'text sms sent'])
})

test('an event that is waited for is heard in the new version, and one that came before is not asked again', async () => {
  const hear = wait({ event: 'Replied', timeout: 'P2D' })
  const ana = await life.begin({ hear, mail: MAIL })
  await life.move({ hear: wait({ event: 'Replied', timeout: 'P3D' }), text: send('fixed', ['sms']) })
  await world.carry()
  expect(await life.stands(ana)).toMatchObject({ version: 2, node: 'hear', state: 'resting' })
  await world.post('Replied', ana)
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['text sms sent'])
})

test('who rests at a step that is gone, or of another kind, finishes the old version', async () => {
  const ana = await life.begin({ pause: waitFor('PT3H'), mail: MAIL })
  await life.move({ other: waitFor('PT3H'), pause: send('fixed', ['sms']) })
  await world.carry()
  expect(await life.stands(ana)).toMatchObject({ version: 1, node: 'pause', state: 'resting' })
  await world.later('PT3H')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

test('who is being sent a message when the new version is published finishes the old one', async () => {
  const ana = await life.begin({ pause: waitFor('PT3H'), mail: MAIL, again: MAIL })
  during(world.engine, 'send', () => life.move({ mail: MAIL, text: send('fixed', ['sms']) }))
  await world.later('PT3H')
  expect(await life.stands(ana)).toMatchObject({ version: 1, state: 'ended' })
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent', 'again email sent'])
})

test('the exit criteria of the new version hold for those who were moved to it', async () => {
  const ana = await life.begin({ pause: waitFor('PT3H'), mail: MAIL })
  const exitWhen = { event: 'Cancelled', count: { op: '>=', n: 1 }, since: 'entry' }
  await life.move({ pause: waitFor('PT3H'), mail: MAIL }, { exitWhen })
  await world.carry()
  await world.post('Cancelled', ana)
  await world.carry()
  expect(await life.stands(ana)).toMatchObject({ state: 'ended', code: 'exit-criteria' })
})

test('the preview says how many stand where, and who would move or why not; publishing does just that', async () => {
  await life.begin({
    pause: waitFor('PT3H'),
    mail: send('fixed', ['email', 'sms'], { hops: { email: CLOCK } }),
    late: waitFor('P1D'),
  })
  await world.later('PT3H')
  await life.enter()
  await life.enter()
  const next = { pause: waitFor('PT1H'), late: waitFor('P1D'), mail: waitFor('PT1H') }
  const before = await world.within((tx) => standings(tx, life.flow()))
  const preview = previewPublish(before, life.drawn(next))
  expect(preview).toMatchObject({ movable: 2, staying: 1 })
  expect(preview.nodes).toMatchObject([
    {
      version: 1,
      node: 'mail',
      kind: 'send',
      resting: 1,
      active: 0,
      movable: false,
      why: 'Finishes their version: in the new one this step is a *wait*.',
    },
    {
      version: 1,
      node: 'pause',
      resting: 2,
      movable: true,
      why: 'Can be moved to the same step of the new version.',
    },
  ])
  await life.move(next)
  const after = await world.within((tx) => standings(tx, life.flow()))
  expect(after).toMatchObject([
    { version: 2, node: 'pause', resting: 2 },
    { version: 1, node: 'mail', resting: 1 },
  ])
  await world.carry()
})

test('the sums of a flow balance when people were moved, at every step', async () => {
  await life.begin({ pause: waitFor('PT3H'), mail: MAIL })
  await life.enter()
  await life.move({ pause: waitFor('PT3H'), mail: MAIL, last: waitFor('P1D') })
  await world.carry()
  await life.enter()
  await world.later('PT3H')
  const { enrolled, resting, nodes } = await world.within((tx) => flowStats(tx, life.flow()))
  expect({ enrolled, resting }).toEqual({ enrolled: 3, resting: 3 })
  expect(nodes['pause']).toMatchObject({ entered: 3, resting: 0, left: 0, exits: { next: 3 } })
})

test('a version that is published while the flow is paused keeps it paused, and moves people all the same', async () => {
  const ana = await life.begin({ pause: waitFor('PT3H'), mail: MAIL })
  await life.pause()
  const bob = await life.enter()
  await world.later('PT5H')
  await life.move({ pause: waitFor('PT3H'), text: send('fixed', ['sms']) })
  await world.carry()
  await world.later('PT1H')
  expect(await life.stands(ana)).toMatchObject({ version: 2, node: 'pause', state: 'resting' })
  expect(await life.stands(bob)).toMatchObject({ version: 2, node: 'start', state: 'resting' })
  await life.resume('shift')
  await world.later('PT2H59M')
  expect(await ledgerOf(world, ana)).toEqual([])
  await world.later('PT2M')
  expect(await ledgerOf(world, ana)).toEqual(['text sms sent'])
  expect(await ledgerOf(world, bob)).toEqual(['text sms sent'])
})

test('who was taken out is not moved, even if the flow is published again before they have left', async () => {
  const ana = await life.begin({ pause: waitFor('PT3H'), mail: MAIL })
  await life.stop('exit')
  await life.move({ pause: waitFor('PT3H'), mail: MAIL })
  await world.carry()
  const bob = await life.enter()
  expect(await life.stands(ana)).toMatchObject({ version: 1, state: 'ended', code: 'flow-stopped' })
  expect(await life.stands(bob)).toMatchObject({ version: 2, state: 'resting' })
})

test('a move that was interrupted is finished by the reconciler', async () => {
  const ana = await life.begin({ pause: waitFor('PT3H'), mail: MAIL })
  const steps = { pause: waitFor('PT3H'), text: send('fixed', ['sms']) }
  await world.publish(life.drawn(steps), life.flow())
  await world.rows('update flow_version set moving = true where flow = $1 and number = 2', [life.flow()])
  await seeThrough(world.db, { workspace: world.workspace, flow: null })
  await world.carry()
  expect(await life.stands(ana)).toMatchObject({ version: 2, node: 'pause' })
  expect(await world.rows('select 1 from flow_version where moving')).toEqual([])
  expect(await traceOf(world, ana)).toContain('pause moved moved')
})
