import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { stopFlow } from '../../db/flow-acts.ts'
import { expectBalance } from '../engine/balance.ts'
import { drawing, waitFor } from '../engine/drawing.ts'
import { somebody } from '../engine/people.ts'
import { journeysOf, traceOf } from '../engine/story.ts'
import { openWorld, type World } from '../engine/world.ts'
import { triggering } from './triggering.ts'

let world: World
let triggers: ReturnType<typeof triggering>
beforeAll(async () => {
  world = await openWorld()
  triggers = triggering(world)
})
afterEach(async () => {
  await world.carry()
  await expectBalance(world)
})
afterAll(() => world.close())

const gold = (tier: string) => ({ field: 'member.tier', op: 'eq', value: tier }) as const

let tiers = 0
/** A flow that greets whoever becomes part of a tier; some members who are at silver. */
async function greeting(reentry: object = { policy: 'every' }, count = 1) {
  const tier = `gold-${++tiers}`
  const document = drawing({ pause: waitFor('PT1H') }, { settings: { reentry }, on: { enters: gold(tier) } })
  const members = Array.from({ length: count }, () => somebody({ attributes: { tier: 'silver' } }))
  for (let at = 0; at < count; at += 500) await world.put(...members.slice(at, at + 500))
  const ids = members.map((member) => member.externalId)
  const become = (to: string, ...who: string[]) =>
    world.put(...who.map((externalId) => ({ externalId, attributes: { tier: to } })))
  return { tier, document, ids, ana: ids[0] ?? '', become }
}

async function entries(member: string): Promise<number> {
  return (await journeysOf(world, member)).length
}

test('who is in the audience when it is published does not enter; who comes into it later does', async () => {
  const { tier, document, ids, become } = await greeting({ policy: 'every' }, 2)
  const [early = '', later = ''] = ids
  await become(tier, early)
  await world.publish(document)
  await triggers.lookAgain()
  expect([await entries(early), await entries(later)]).toEqual([0, 0])
  await become(tier, later)
  await triggers.lookAgain()
  await world.carry()
  expect([await entries(early), await entries(later)]).toEqual([0, 1])
  expect(await traceOf(world, later)).toEqual(['start next entered', 'pause resting wait'])
})

test('who stays in it enters once; who leaves it and returns enters again', async () => {
  const { tier, document, ana, become } = await greeting()
  await world.publish(document)
  await become(tier, ana)
  for (let n = 0; n < 3; n += 1) await triggers.lookAgain()
  expect(await entries(ana)).toBe(1)
  await world.carry()
  await world.later('PT2H')
  await become('silver', ana)
  await triggers.lookAgain()
  await become(tier, ana)
  await triggers.lookAgain()
  expect(await entries(ana)).toBe(2)
})

test('who returns while inside is refused by the re-entry rule, and not kept for later', async () => {
  const { tier, document, ana, become } = await greeting()
  await world.publish(document)
  for (const to of [tier, 'silver', tier]) {
    await become(to, ana)
    await triggers.lookAgain()
  }
  await world.carry()
  expect(await traceOf(world, ana)).toContain('start refused inside')
  await world.later('PT2H')
  await triggers.lookAgain()
  expect(await entries(ana)).toBe(1)
})

test('a new version with the same audience knows who was in it; one with another audience begins afresh', async () => {
  const { tier, document, ids, become } = await greeting({ policy: 'every' }, 2)
  const [early = '', later = ''] = ids
  const flow = await world.publish(document)
  await become(tier, early, later)
  await world.publish(document, flow)
  await triggers.lookAgain()
  expect([await entries(early), await entries(later)]).toEqual([1, 1])
  const other = drawing(
    { pause: waitFor('PT1H') },
    { on: { enters: { any: [gold(tier), gold('diamond')] } } },
  )
  await world.carry()
  await world.later('PT2H')
  await world.publish(other, flow)
  await triggers.lookAgain()
  expect([await entries(early), await entries(later)]).toEqual([1, 1])
  await become('silver', early)
  await triggers.lookAgain()
  await become('diamond', early)
  await triggers.lookAgain()
  expect([await entries(early), await entries(later)]).toEqual([2, 1])
})

test('a saved audience is read as it is each time', async () => {
  const { tier, ana, become } = await greeting()
  const save = (where: object) =>
    world.rows(
      `insert into audience (workspace, key, name, "where") values ($1, $2, $2, $3)
       on conflict (workspace, key) do update set "where" = excluded."where"`,
      [world.workspace, tier, JSON.stringify(where)],
    )
  await save(gold('nobody'))
  await world.publish(drawing({ pause: waitFor('PT1H') }, { on: { enters: tier } }))
  await become('platinum', ana)
  await triggers.lookAgain()
  expect(await entries(ana)).toBe(0)
  await save(gold('platinum'))
  await triggers.lookAgain()
  expect(await entries(ana)).toBe(1)
})

test('a crowd that comes in at once enters page by page, each once, whoever looks at the same time', async () => {
  const { tier, document, ids, become } = await greeting({ policy: 'every' }, 1_200)
  const flow = await world.publish(document)
  for (let at = 0; at < ids.length; at += 400) await become(tier, ...ids.slice(at, at + 400))
  await Promise.all([triggers.lookAgain(), triggers.lookAgain(), triggers.lookAgain()])
  await triggers.lookAgain()
  const counted = await world.rows(
    'select count(*)::int n, count(distinct member)::int members from enrollment where flow = $1',
    [flow],
  )
  expect(counted).toEqual([{ n: 1_200, members: 1_200 }])
})

test('an erased member has left, and a stopped flow is looked at no more', async () => {
  const { tier, document, ids, become } = await greeting({ policy: 'every' }, 2)
  const flow = await world.publish(document)
  await become(tier, ...ids)
  await triggers.lookAgain()
  await world.rows(`update member set erased_at = now() where external_id = $1`, [ids[0]])
  await triggers.lookAgain()
  const known = () => world.rows('select member from membership where flow = $1', [flow])
  expect(await known()).toHaveLength(1)
  await world.within((tx) => stopFlow(tx, flow, 'finish'))
  expect(await known()).toHaveLength(0)
})
