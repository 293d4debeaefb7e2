import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { expectBalance } from './balance.ts'
import { drawing, send, update, wait, waitFor } from './drawing.ts'
import { openEngine } from './open-engine.ts'
import { somebody } from './people.ts'
import { during } from './slow-provider.ts'
import { journeysOf, ledgerOf, messagesOf, toldOf, traceOf } from './story.ts'
import { draft, tryOut } from './testing.ts'
import { openWorld, type World } from './world.ts'

let world: World
let ana: string
let events = 0
beforeAll(async () => {
  world = await openWorld()
})
beforeEach(async () => {
  const member = somebody()
  ana = member.externalId
  await world.put(member)
})
afterEach(() => expectBalance(world))
afterAll(() => world.close())

const tell = send('fixed', ['email'])

/** Publishes a flow of its own and sends the member through it. */
async function through(
  nodes: Parameters<typeof drawing>[0],
  { data = {}, settings }: { data?: Record<string, unknown>; settings?: object } = {},
): Promise<string> {
  const event = `Change-${++events}`
  await world.publish(drawing(nodes, { on: { event }, ...(settings && { settings }) }))
  await world.post(event, ana, { data })
  await world.carry()
  return event
}

async function stored(): Promise<{ attributes: Record<string, unknown>; tags: string[] } | undefined> {
  const [row] = await world.rows<{ attributes: Record<string, unknown>; tags: string[] }>(
    'select attributes, tags from member where external_id = $1',
    [ana],
  )
  return row
}

const consents = () =>
  world.rows<{ topic: string; channel: string; state: string; source: string; wording: string | null }>(
    `select topic, channel, state, source, wording from consent c join member m on m.id = c.member
     where m.external_id = $1 order by c.id desc limit 1`,
    [ana],
  )

const GRANT = { topic: 'news', channel: 'email', state: 'granted', wording: 'Yes, send me news.' }
const REVOKE = { topic: 'prizes', channel: 'email', state: 'revoked', wording: 'No more prizes.' }

test('attributes are set from the flow and from the event, beside those that were there', async () => {
  await world.put({ externalId: ana, attributes: { age: 40, car: { doors: 4 }, trial: true } })
  const set = {
    'member.tier': 'gold',
    'member.car.colour': { ref: 'entry.data.colour' },
    'member.trial': null,
    'member.size': { ref: 'entry.data.size' },
  }
  await through({ note: update({ set }) }, { data: { colour: 'red' } })
  expect((await stored())?.attributes).toEqual({ age: 40, car: { doors: 4, colour: 'red' }, tier: 'gold' })
  expect((await toldOf(world, ana)).at(-1)).toBe(
    'note: Set *tier*, *car.colour*, cleared *trial*. *size* stays as it was: there was no value for it.',
  )
})

test('numbers too large for a computer’s own are left alone beside what is set', async () => {
  const big = '{"account": 12345678901234567890.10}'
  await world.rows('update member set attributes = $2 where external_id = $1', [ana, big])
  await through({ note: update({ set: { 'member.tier': 'gold' } }) })
  const [row] = await world.rows(`select attributes->>'account' account from member where external_id = $1`, [
    ana,
  ])
  expect(row).toEqual({ account: '12345678901234567890.10' })
})

test('tags are added and removed', async () => {
  await through({ first: update({ addTags: ['new', 'vip'] }) })
  await through({ second: update({ addTags: ['vip', 'gold'], removeTags: ['new'] }) })
  expect((await stored())?.tags).toEqual(['vip', 'gold'])
})

test('what follows at once sees it: a condition, and the words of a message', async () => {
  await world.template('greeting', {
    content: { email: { en: { subject: 'Dear {{ member.name }}', html: '<p>Hello</p>' } } },
  })
  const gold = { kind: 'condition', if: { field: 'member.tier', op: 'eq', value: 'gold' } }
  const note = update({ set: { 'member.tier': 'gold', 'member.name': { ref: 'event.name' } } })
  await through({ note, gold, tell: { ...tell, template: 'greeting' } }, { data: { name: 'Ana' } })
  const [mail] = await world.rows(
    `select subject from message where member = (select id from member where external_id = $1)`,
    [ana],
  )
  expect(mail).toEqual({ subject: 'Dear Ana' })
})

test('double opt-in: a consent that is granted in the flow opens the send behind it, and is proven by its wording', async () => {
  const settings = { topic: 'news' }
  await through({ tell }, { settings })
  expect(await ledgerOf(world, ana)).toEqual([])
  await through({ grant: update({ consent: GRANT }), tell }, { settings })
  expect(await ledgerOf(world, ana)).toEqual(['tell email sent'])
  expect(await consents()).toEqual([{ ...GRANT, source: 'flow' }])
})

test('a consent that is revoked in the flow refuses the send behind it', async () => {
  await through({ revoke: update({ consent: REVOKE }), tell })
  expect(await ledgerOf(world, ana)).toEqual([])
  expect((await traceOf(world, ana)).at(-1)).toBe('tell failed unreachable')
})

test('a consent that is revoked in one flow stops what another has not handed over yet', async () => {
  const second = await openEngine(world.db, world.workspace)
  await world.publish(drawing({ revoke: update({ consent: REVOKE }) }, { on: { event: 'Enough' } }))
  during(world.engine, 'prepare', async () => {
    await world.post('Enough', ana)
    await second.carryAll()
  })
  await through({ tell })
  await second.close()
  expect(await messagesOf(world, ana)).toMatchObject([
    { status: 'failed', reason: { code: 'consent-revoked' } },
  ])
})

test('the topic of a published step stays, also when the list of topics is closed later', async () => {
  const event = `Change-${++events}`
  await world.publish(drawing({ grant: update({ consent: { ...GRANT, topic: 'late' } }) }, { on: { event } }))
  await world.settings({ topicsClosed: true })
  await world.post(event, ana)
  await world.carry()
  await world.settings({ topicsClosed: false })
  expect(await consents()).toMatchObject([{ topic: 'late', state: 'granted' }])
})

test('it takes the member out of another flow whose exit criteria it makes true', async () => {
  const exitWhen = { field: 'member.tags', op: 'hasAny', value: ['bought'] }
  await through({ pause: waitFor('P9D'), tell }, { settings: { exitWhen } })
  await through({ note: update({ addTags: ['bought'] }) })
  expect(await journeysOf(world, ana)).toMatchObject([
    { node: 'pause', state: 'ended', code: 'exit-criteria' },
    { state: 'ended', code: 'end' },
  ])
})

test('it ends its own journey when it makes the exit criteria true', async () => {
  const exitWhen = { consent: { topic: 'prizes', channel: 'email', state: 'revoked' } }
  await through({ revoke: update({ consent: REVOKE }), pause: waitFor('P9D') }, { settings: { exitWhen } })
  expect(await journeysOf(world, ana)).toMatchObject([{ state: 'ended', code: 'exit-criteria' }])
})

test('it moves the date that another flow waits for', async () => {
  await world.put({ externalId: ana, attributes: { renewal: '2099-01-02' } })
  await through({ until: wait({ date: 'renewal' }), tell })
  await through({ note: update({ set: { 'member.renewal': '2020-01-02' } }) })
  expect(await ledgerOf(world, ana)).toEqual(['tell email sent'])
})

test('two journeys of a member in one batch see each other’s changes, one after the other', async () => {
  const event = `Change-${++events}`
  const next = { 'member.last': { ref: 'entry.id' }, 'member.before': { ref: 'member.last' } }
  const settings = { reentry: { policy: 'every', concurrent: true } }
  await world.publish(drawing({ note: update({ set: next }) }, { on: { event }, settings }))
  const ids = ['one', 'two', 'three'].map((id) => `${event}-${id}`)
  await world.postAll(ids.map((id) => ({ type: event, member: ana, id })))
  await world.carry()
  expect((await stored())?.attributes).toEqual({ before: ids[1], last: ids[2] })
})

test('a test run changes its testers, too, and says so in the ledger of consent', async () => {
  const document = drawing({ grant: update({ consent: GRANT, addTags: ['tested'] }), tell })
  const flow = await draft(world, document)
  await tryOut(world, { flow, document, members: [ana] })
  await world.carry()
  expect((await stored())?.tags).toEqual(['tested'])
  expect(await consents()).toMatchObject([{ state: 'granted', source: 'test run' }])
})

test('an update that is written while the member is being changed elsewhere loses nothing', async () => {
  const event = `Change-${++events}`
  await world.publish(
    drawing({ note: update({ set: { 'member.flow': 1 } }), pause: waitFor('P1D') }, { on: { event } }),
  )
  await world.post(event, ana)
  await Promise.all([
    world.carry(),
    ...Array.from({ length: 8 }, (_, n) => world.put({ externalId: ana, attributes: { [`api-${n}`]: n } })),
  ])
  await world.carry()
  const all = Object.keys((await stored())?.attributes ?? {})
  expect(all.toSorted()).toEqual([...Array.from({ length: 8 }, (_, n) => `api-${n}`), 'flow'])
})
