import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { stopFlow } from '../../db/flow-acts.ts'
import { forgetOldVersions } from '../../db/forget-versions.ts'
import { expectBalance } from './balance.ts'
import { drawing, send, waitFor } from './drawing.ts'
import { somebody } from './people.ts'
import { journeysOf, ledgerOf, messagesOf } from './story.ts'
import { openWorld, type World } from './world.ts'

const CLOSED = { event: 'Closed', count: { op: '>=', n: 1 }, since: 'entry' }
const LEAVING = { settings: { exitWhen: CLOSED } }
const FIRST = drawing({ pause: waitFor('P1D'), tell: send('fixed', ['email']) }, LEAVING)
const SECOND = drawing({ ask: send('fixed', ['sms']), later: waitFor('P2D') })

let world: World
let flow: number
beforeEach(async () => {
  world ??= await openWorld()
  flow = await world.publish(FIRST)
})
afterEach(async () => {
  await expectBalance(world)
  await stop('exit')
  await world.carry()
})
afterAll(() => world.close())

const stop = (inside: 'finish' | 'exit') => world.within((tx) => stopFlow(tx, flow, inside))

async function winner(): Promise<string> {
  const member = somebody()
  await world.put(member)
  await world.post('Won', member.externalId)
  await world.carry()
  return member.externalId
}

test('who is inside when a new version is published finishes the old one; who comes takes the new one', async () => {
  const ana = await winner()
  await world.publish(SECOND, flow)
  const bob = await winner()
  expect(await journeysOf(world, ana)).toMatchObject([{ version: 1, node: 'pause', state: 'resting' }])
  expect(await journeysOf(world, bob)).toMatchObject([{ version: 2, node: 'later', state: 'resting' }])
  await world.later('P2D')
  expect(await ledgerOf(world, ana)).toEqual(['tell email sent'])
  expect(await ledgerOf(world, bob)).toEqual(['ask sms sent'])
})

test('exit criteria of the old version stay heard for those inside it, and do not touch those in the new one', async () => {
  const ana = await winner()
  await world.publish(SECOND, flow)
  const bob = await winner()
  await world.post('Closed', ana)
  await world.post('Closed', bob)
  await world.carry()
  expect(await journeysOf(world, ana)).toMatchObject([{ state: 'ended', code: 'exit-criteria' }])
  expect(await journeysOf(world, bob)).toMatchObject([{ state: 'resting' }])
})

test('a new version with another trigger no longer listens to the old event', async () => {
  await world.publish(drawing({ ask: send('fixed', ['sms']) }, { on: { event: 'Lost' } }), flow)
  const ana = await winner()
  expect(await journeysOf(world, ana)).toEqual([])
})

test('stopped with “finish”: nobody enters, those inside go to the end', async () => {
  const ana = await winner()
  await stop('finish')
  const bob = await winner()
  expect(await journeysOf(world, bob)).toEqual([])
  await world.later('P1D')
  expect(await journeysOf(world, ana)).toMatchObject([{ state: 'ended', code: 'end' }])
  expect(await ledgerOf(world, ana)).toEqual(['tell email sent'])
})

test('stopped with “exit”: everybody leaves at once, nothing more is sent', async () => {
  const [ana, bob] = [await winner(), await winner()]
  await stop('exit')
  await world.carry()
  for (const member of [ana, bob]) {
    expect(await journeysOf(world, member)).toMatchObject([{ state: 'ended', code: 'flow-stopped' }])
  }
  await world.later('P1D')
  expect(await ledgerOf(world, ana)).toEqual([])
})

test('stopped with “exit”, a message that waits for another try is failed with the reason', async () => {
  const ana = await winner()
  await world.put({ externalId: ana, email: 'sim-not-sent@members.example' })
  await world.later('P1D')
  expect(await ledgerOf(world, ana)).toEqual(['tell email pending'])
  await stop('exit')
  await world.carry()
  expect(await messagesOf(world, ana)).toMatchObject([{ status: 'failed', reason: { code: 'flow-stopped' } }])
})

test('a stopped flow that is published again is live again', async () => {
  await stop('finish')
  await world.publish(SECOND, flow)
  expect(await ledgerOf(world, await winner())).toEqual(['ask sms sent'])
})

test('a template that is changed while people wait is sent as it is then', async () => {
  const ana = await winner()
  await world.template('news', {
    content: { email: { en: { subject: 'Newer news', html: '<p>Newer</p>' } } },
  })
  await world.later('P1D')
  const [mail] = await world.rows<{ subject: string }>('select subject from message where id = $1', [
    (await messagesOf(world, ana))[0]?.id,
  ])
  expect(mail).toEqual({ subject: 'Newer news' })
  await world.template('news')
})

test('a template that is switched off while people wait refuses its sends with the reason', async () => {
  const ana = await winner()
  await world.template('news', { active: false })
  await world.later('P1D')
  expect((await journeysOf(world, ana))[0]?.steps.at(-1)?.candidates).toEqual([
    { channel: 'email', refused: { code: 'no-template', args: { template: 'news' } } },
  ])
  await world.template('news')
})

test('an old version that nobody is in any more is no longer listened to; one with somebody inside is', async () => {
  const ana = await winner()
  await world.publish(SECOND, flow)
  await world.publish(SECOND, flow)
  await world.rows(
    `update flow_version set published_at = published_at - interval '2 hours' where flow = $1`,
    [flow],
  )
  await world.within(forgetOldVersions)
  expect(await numbersOf('stand')).toEqual([1, 3])
  expect(await numbersOf('listener')).toEqual([1, 3])
  await world.post('Closed', ana)
  await world.carry()
  expect(await journeysOf(world, ana)).toMatchObject([{ state: 'ended', code: 'exit-criteria' }])
  await world.within(forgetOldVersions)
  expect(await numbersOf('stand')).toEqual([3])
})

test('a version to which people are still to be moved keeps what they will need there, however old it is', async () => {
  await winner()
  await world.publish(SECOND, flow)
  const [old] = await world.rows<{ number: number }>(
    `update flow_version set moving = true where id = (select version from flow where id = $1) returning number`,
    [flow],
  )
  await world.publish(SECOND, flow)
  await world.rows(
    `update flow_version set published_at = published_at - interval '2 hours' where flow = $1`,
    [flow],
  )
  await world.within(forgetOldVersions)
  expect(await numbersOf('stand')).toContain(old?.number)
})

async function numbersOf(table: 'stand' | 'listener'): Promise<number[]> {
  const rows = await world.rows<{ number: number }>(
    `select distinct v.number from ${table} t join flow_version v on v.id = t.version where v.flow = $1 order by 1`,
    [flow],
  )
  return rows.map((row) => row.number)
}
