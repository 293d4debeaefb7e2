import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { expectBalance } from './balance.ts'
import { drawing, send } from './drawing.ts'
import { somebody } from './people.ts'
import { journeysOf, ledgerOf, toldOf } from './story.ts'
import { openWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterEach(() => expectBalance(world))
afterAll(() => world.close())

const BY_WEIGHT = {
  kind: 'split',
  arms: [
    { id: 'mail', weight: 30 },
    { id: 'text', weight: 60 },
    { id: 'nothing', weight: 10 },
  ],
  exits: { mail: 'mail', text: 'text', nothing: null },
}
const SENDS = {
  mail: { ...send('fixed', ['email']), exits: { next: null, failed: null } },
  text: send('fixed', ['sms']),
}

test('members are split by weight; each who comes again goes the same way, also in a new version', async () => {
  const flow = await world.publish(drawing({ split: BY_WEIGHT, ...SENDS }))
  const people = Array.from({ length: 300 }, () => somebody())
  await world.put(...people)
  const enter = () => world.postAll(people.map(({ externalId }) => ({ type: 'Won', member: externalId })))
  await enter()
  await world.carry()
  const ways = async () => {
    const rows = await world.rows<{ member: number; way: string }>(
      `select e.member, s.outcome way from step s join enrollment e on e.id = s.enrollment where s.node = 'split' order by s.id`,
    )
    return Map.groupBy(rows, (row) => row.member)
  }
  const count = (way: string, all: Awaited<ReturnType<typeof ways>>) =>
    [...all.values()].filter(([first]) => first?.way === way).length
  const first = await ways()
  expect(count('mail', first)).toBeGreaterThan(50)
  expect(count('text', first)).toBeGreaterThan(130)
  expect(count('nothing', first)).toBeGreaterThan(8)
  await world.publish(drawing({ split: BY_WEIGHT, ...SENDS }), flow)
  await enter()
  await world.carry()
  const twice = [...(await ways()).values()].map((taken) => taken.map(({ way }) => way))
  expect(twice.filter(([one, other]) => one !== other)).toEqual([])
})

test('by cases the first that is true is taken, with the reason; the others go the other way', async () => {
  const tier = (value: string) => ({ field: 'member.tier', op: 'eq', value })
  const cases = [
    { id: 'gold', if: tier('gold') },
    { id: 'any', if: { field: 'member.tier', op: 'exists' } },
  ]
  const split = {
    kind: 'split',
    label: 'Which tier?',
    cases,
    exits: { gold: 'mail', any: 'text', else: null },
  }
  await world.publish(drawing({ split, ...SENDS }, { on: { event: 'Tiered' } }))
  const told: string[][] = []
  for (const attributes of [{ tier: 'gold' }, { tier: 'silver' }, {}]) {
    const member = somebody({ attributes })
    await world.put(member)
    await world.post('Tiered', member.externalId)
    await world.carry()
    expect(await journeysOf(world, member.externalId)).toMatchObject([{ state: 'ended' }])
    told.push([
      ...(await ledgerOf(world, member.externalId)),
      (await toldOf(world, member.externalId))[1] ?? '',
    ])
  }
  expect(told).toEqual([
    ['mail email sent', 'split: *Which tier?* Takes *gold* (tier was *gold*).'],
    ['text sms sent', 'split: *Which tier?* Takes *any* (tier was *silver*).'],
    ['split: *Which tier?* Takes the way for all others (tier was missing).'],
  ])
})
