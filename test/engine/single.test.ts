import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { enterSingle } from '../../db/single.ts'
import { flowDocumentSchema } from '../../flow/document.ts'
import { expectBalance } from './balance.ts'
import { send } from './drawing.ts'
import { somebody } from './people.ts'
import { ledgerOf, messagesOf } from './story.ts'
import { openWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await world.template('code', {
    content: { email: { en: { subject: 'Your code is {{ code }}', html: '<p>Here it is</p>' } } },
  })
})
afterEach(() => expectBalance(world))
afterAll(() => world.close())

async function somebodyNew(change: object = {}): Promise<string> {
  const member = somebody({ consents: [], ...change })
  await world.put(member)
  return member.externalId
}

/** What `POST /v1/messages` makes of a request. */
function single(
  member: string,
  { template = 'code', data = {} }: { template?: string; data?: Record<string, unknown> } = {},
): Promise<number> {
  const document = flowDocumentSchema.parse({
    schema: 'fanfare.flow/1',
    name: `Single message: ${template}`,
    settings: { purpose: 'transactional', reentry: { policy: 'every', concurrent: true } },
    start: 'launch',
    nodes: {
      launch: { kind: 'trigger', on: { launch: true }, exits: { next: 'send' } },
      send: { ...send('preferred'), template, exits: { next: null, failed: null } },
    },
    notes: [],
  })
  return world.within((tx) => enterSingle(tx, world.desk.memory, { member, document, data, author: 'test' }))
}

test('one message goes to one member, without a consent, with its data', async () => {
  const ana = await somebodyNew()
  await single(ana, { data: { code: '4711' } })
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['send email sent'])
  const [message] = await messagesOf(world, ana)
  expect(await world.rows('select subject from message where id = $1', [message?.id])).toEqual([
    { subject: 'Your code is 4711' },
  ])
})

test('it waits for no quiet hours and no cap, in the urgent lane', async () => {
  await world.settings({
    quietHours: { from: '00:00', to: '23:59' },
    frequencyCaps: [{ max: 1, per: 'day', window: 'rolling' }],
  })
  const ana = await somebodyNew()
  await single(ana, { data: { code: '1' } })
  await single(ana, { data: { code: '2' } })
  await world.carry()
  await world.settings({ quietHours: null, frequencyCaps: [] })
  expect(await ledgerOf(world, ana)).toEqual(['send email sent', 'send email sent'])
  expect(await world.rows('select distinct lane from enrollment')).toEqual([{ lane: 'urgent' }])
})

test('a STOP on the channel holds for it, too', async () => {
  const stop = { topic: '*', channel: 'email', state: 'revoked', source: 'complaint' }
  const ana = await somebodyNew({ consents: [stop] })
  await single(ana, { data: { code: '4711' } })
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual([])
})

test('a value that the template needs and nobody gave refuses it', async () => {
  const ana = await somebodyNew()
  await single(ana)
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual([])
})

test('messages of the same shape share one flow, which no list of flows shows', async () => {
  const [ana, bob] = [await somebodyNew(), await somebodyNew()]
  await single(ana, { template: 'news' })
  await single(bob, { template: 'news' })
  await world.carry()
  const flows = await world.rows(
    `select f.kind, count(distinct e.id) n from flow f join enrollment e on e.flow = f.id where f.name like '%news' group by f.id`,
  )
  expect(flows).toEqual([{ kind: 'single', n: 2 }])
})

test('twins that make the shared flow at the same moment make one', async () => {
  await world.template('twins')
  const members = await Promise.all(Array.from({ length: 8 }, () => somebodyNew()))
  await Promise.all(members.map((member) => single(member, { template: 'twins' })))
  await world.carry()
  expect(await world.rows(`select count(*) n from flow where name like '%twins'`)).toEqual([{ n: 1 }])
  for (const member of members) expect(await ledgerOf(world, member)).toEqual(['send email sent'])
})

test('a member nobody knows is not made up', async () => {
  await expect(single('nobody')).rejects.toMatchObject({ code: 'not-found' })
})
