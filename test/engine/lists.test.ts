import { afterAll, beforeAll, expect, test } from 'vitest'
import { addToList, removeFromList } from '../../db/list-members.ts'
import { saveList } from '../../db/lists.ts'
import { drawing, send, waitFor } from './drawing.ts'
import { somebody } from './people.ts'
import { journeysOf } from './story.ts'
import { openWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await world.within((tx) => saveList(tx, { key: 'vip', name: 'VIP' }))
})
afterAll(() => world.close())

/** Somebody who rests in a flow that ends by this condition. */
async function resting(event: string, exitWhen: object): Promise<string> {
  const nodes = { tell: send('fixed', ['email']), pause: waitFor('P1D') }
  await world.publish(drawing(nodes, { settings: { exitWhen }, on: { event } }))
  const member = somebody()
  await world.put(member)
  await world.post(event, member.externalId)
  await world.carry()
  return member.externalId
}

const put = (member: string) =>
  world.within((tx) => addToList(tx, world.desk.memory, { key: 'vip', members: [member] }))
const take = (member: string) =>
  world.within((tx) => removeFromList(tx, world.desk.memory, { key: 'vip', members: [member] }))

async function how(member: string): Promise<string | null | undefined> {
  await world.carry()
  const [journey] = await journeysOf(world, member)
  return journey?.state === 'ended' ? journey.code : 'inside'
}

test('being put on a list that the exit criteria name ends a journey that rests, at once', async () => {
  const ana = await resting('Listed', { inList: 'vip' })
  expect(await how(ana)).toBe('inside')
  await put(ana)
  expect(await how(ana)).toBe('exit-criteria')
})

test('being taken off a list does, too, also where an audience asks about the list', async () => {
  const where = JSON.stringify({ not: { inList: 'vip' } })
  await world.rows(`insert into audience (workspace, key, name, "where") values ($1, 'plain', 'Plain', $2)`, [
    world.workspace,
    where,
  ])
  const bob = somebody()
  await world.put(bob)
  await put(bob.externalId)
  const nodes = { pause: waitFor('P1D') }
  const settings = { exitWhen: { inAudience: 'plain' } }
  await world.publish(drawing(nodes, { settings, on: { event: 'Unlisted' } }))
  await world.post('Unlisted', bob.externalId)
  expect(await how(bob.externalId)).toBe('inside')
  await take(bob.externalId)
  expect(await how(bob.externalId)).toBe('exit-criteria')
})
