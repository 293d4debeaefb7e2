import { createHmac } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { putSecret } from '../../db/secrets.ts'
import { startDomainSystem, type DomainSystem } from '../support/domain-system.ts'
import { expectBalance } from './balance.ts'
import { callsOf, carryThrough, webhook } from './calls.ts'
import { drawing, send, waitFor } from './drawing.ts'
import { SECRET } from './open-engine.ts'
import { somebody } from './people.ts'
import { journeysOf, ledgerOf, toldOf } from './story.ts'
import { openWorld, type World } from './world.ts'

let world: World
let shop: DomainSystem
beforeAll(async () => {
  ;[world, shop] = await Promise.all([openWorld(), startDomainSystem()])
})
beforeEach(() => void shop.requests.splice(0))
afterEach(() => expectBalance(world))
afterAll(() => Promise.all([world.close(), shop.close()]))

/** When nobody called. */
const NOTHING = { headers: {} as Record<string, string>, body: '' } // no header at all

let flows = 0
/** Somebody who has come as far as these steps take them at once. */
async function walked(nodes: Parameters<typeof drawing>[0], member: object = {}, data = {}): Promise<string> {
  const event = `Call-${++flows}`
  await world.publish(drawing(nodes, { on: { event } }))
  const person = somebody(member)
  await world.put(person)
  await world.post(event, person.externalId, { data })
  await carryThrough(world)
  return person.externalId
}

test('a webhook tells the other system of the member and the event, and the member goes on', async () => {
  const body =
    '{"who": {{ member.name | json }}, "prize": "{{ prize.name }}", "again": {{ journey.x | default: 0 }}}'
  const request = { body, headers: { 'X-Api-Key': 'k' } }
  const ana = await walked(
    { tell: webhook(`${shop.url}/hook?a=1`, request) },
    { attributes: { name: 'Ana "A"' } },
    {
      prize: { name: 'A "bike"' },
    },
  )
  expect(shop.requests).toMatchObject([
    { method: 'POST', path: '/hook?a=1', headers: { 'user-agent': 'Fanfare', 'x-api-key': 'k' } },
  ])
  const [{ body: heard, headers } = NOTHING] = shop.requests
  expect(JSON.parse(heard)).toEqual({ who: 'Ana "A"', prize: 'A "bike"', again: 0 })
  expect(headers['content-type']).toBe('application/json')
  expect(headers['idempotency-key']).toMatch(/^cal_\w+$/)
  expect(await callsOf(world, ana)).toMatchObject([{ status: 'done', response: 200, attempt: 1 }])
  expect(await toldOf(world, ana)).toEqual([
    'start: Entered the flow.',
    `tell: Calling 127.0.0.1:${shop.port}.`,
    `tell: Called 127.0.0.1:${shop.port}: it answered 200.`,
  ])
})

test('what the answer says decides a condition, and is printed in the message that follows', async () => {
  const text = 'You have {{ journey.points }} points, {{ journey.tier.name }}'
  await world.template('points', { content: { sms: { en: { text } } } })
  shop.plan({ answer: 200, body: '{"balance": {"points": 120}, "tiers": [{"name": "gold"}], "secret": 1}' })
  const store = { 'journey.points': 'balance.points', 'journey.tier': 'tiers.0' }
  const rich = { field: 'journey.points', op: 'gte', value: 100 }
  const ana = await walked({
    ask: webhook(shop.url, {}, { store }),
    rich: { kind: 'condition', if: rich },
    tell: { ...send('fixed', ['sms']), template: 'points' },
  })
  expect(await ledgerOf(world, ana)).toEqual(['tell sms sent'])
  const [{ vars } = {}] = await world.rows<{ vars: unknown }>(
    'select vars from message order by id desc limit 1',
  )
  expect(vars).toMatchObject({ journey: { points: 120, tier: { name: 'gold' } } })
  const [{ journey } = {}] = await world.rows<{ journey: unknown }>(
    'select journey from enrollment order by id desc limit 1',
  )
  expect(journey).toEqual({ points: 120, tier: { name: 'gold' } })
  expect((await toldOf(world, ana)).find((line) => line.startsWith('rich'))).toContain('points was *120*')
})

test('a value the answer does not have leaves its variable unset, and the step says so', async () => {
  shop.plan({ answer: 200, body: '{"a": null, "long": "' + 'x'.repeat(5_000) + '"}' })
  const store = { 'journey.a': 'a', 'journey.b': 'b.c', 'journey.long': 'long', 'journey.p': '__proto__.x' }
  const ana = await walked({ ask: webhook(shop.url, {}, { store }), pause: waitFor('P1D') })
  expect((await toldOf(world, ana))[2]).toMatch(
    /nothing to store for \*journey\.a\*, .*long\*, \*journey\.p\*\.$/,
  )
  expect(await world.rows('select journey from enrollment order by id desc limit 1')).toEqual([
    { journey: {} },
  ])
})

test('an answer that the database could not keep as it is loses only what it cannot keep', async () => {
  const odd = JSON.stringify({
    nul: 'a\0b',
    half: '\ud800x',
    back: 'c:\\u0000',
    '\0key': { '\udfff': 1 },
    deep: [],
  })
  shop.plan({ answer: 200, body: `{"odd": ${odd}, "deep": ${'['.repeat(2_000)}${']'.repeat(2_000)}}` })
  const store = { 'journey.odd': 'odd', 'journey.deep': 'deep' }
  await walked({ ask: webhook(shop.url, {}, { store }), pause: waitFor('P1D') })
  const [{ odd: kept } = {}] = await world.rows<{ odd: unknown }>(
    `select journey->'odd' odd from enrollment order by id desc limit 1`,
  )
  expect(kept).toEqual({ nul: 'ab', half: 'x', back: 'c:\\u0000', key: { '': 1 }, deep: [] })
})

test('a call that names a secret is signed by it, and the other system can check that', async () => {
  const by = { workspace: world.workspace, secret: SECRET, actor: 'test' }
  const value = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  await world.within((tx) => putSecret(tx, { name: 'shop', value }, by))
  await walked({ tell: webhook(shop.url, { body: '{"a": "ü"}', secret: 'shop' }) })
  const [{ headers, body } = NOTHING] = shop.requests
  const id = headers['webhook-id'] ?? ''
  const at = headers['webhook-timestamp'] ?? ''
  expect(id).toBe(headers['idempotency-key'])
  expect(Math.abs(Number(at) - Date.now() / 1_000)).toBeLessThan(60)
  const key = Buffer.from(value.slice('whsec_'.length), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')
  expect(headers['webhook-signature']).toBe(`v1,${signature}`)
})

test('a secret that is gone, or was sealed under another key, fails the call before anything leaves', async () => {
  const by = { workspace: world.workspace, secret: 'another secret of the whole installation', actor: 'test' }
  await world.within((tx) => putSecret(tx, { name: 'locked', value: 'hush' }, by))
  for (const secret of ['gone', 'locked']) {
    const ana = await walked({ tell: webhook(shop.url, { secret }) })
    expect((await toldOf(world, ana)).at(-1)).toContain(
      `the secret *${secret}* is missing or cannot be opened`,
    )
  }
  expect(shop.requests).toEqual([])
})

test('a body that lacks a value of this member fails their call alone', async () => {
  const event = `Call-${++flows}`
  await world.publish(
    drawing({ tell: webhook(shop.url, { body: '{"n": {{ member.name | json }}}' }) }, { on: { event } }),
  )
  const people = [somebody({ attributes: { name: 'Ana' } }), somebody()]
  await world.put(...people)
  for (const { externalId } of people) await world.post(event, externalId)
  await carryThrough(world)
  const [ana = '', bob = ''] = people.map(({ externalId }) => externalId)
  expect(await callsOf(world, ana)).toMatchObject([{ status: 'done' }])
  expect(await callsOf(world, bob)).toMatchObject([{ status: 'failed', attempt: 0 }])
  expect((await toldOf(world, bob)).at(-1)).toContain('no value for member.name in body')
  expect(shop.requests.map(({ body }) => body)).toEqual(['{"n": "Ana"}'])
})

test('the way out of a failed call is another than that of an answered one', async () => {
  shop.plan({ answer: 404 })
  const tell = { ...webhook(shop.url), exits: { next: 'thanks', failed: 'sorry' } }
  const ana = await walked({
    tell,
    thanks: { ...send('fixed', ['email']), exits: { next: null } },
    sorry: send('fixed', ['sms']),
  })
  expect(await ledgerOf(world, ana)).toEqual(['sorry sms sent'])
  expect(await journeysOf(world, ana)).toMatchObject([{ state: 'ended', code: 'end' }])
})

test('two webhooks in a row and two journeys of one member each have a call and a key of their own', async () => {
  const ana = await walked({ first: webhook(shop.url), second: webhook(shop.url) })
  await world.post(`Call-${flows}`, ana)
  await carryThrough(world)
  expect(new Set(shop.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(4)
})

test('a crowd is called once each', async () => {
  const event = `Call-${++flows}`
  await world.publish(
    drawing({ tell: webhook(shop.url, { body: '{"id": "{{ member.externalId }}"}' }) }, { on: { event } }),
  )
  const people = Array.from({ length: 150 }, () => somebody())
  await world.put(...people)
  await world.postAll(people.map(({ externalId: member }) => ({ type: event, member })))
  await carryThrough(world)
  const heard = shop.requests.map(({ body }) => String(JSON.parse(body).id))
  expect(heard.toSorted()).toEqual(people.map(({ externalId }) => externalId).toSorted())
})
