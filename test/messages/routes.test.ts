import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKey } from '../../db/api-keys.ts'
import { encodeId } from '../../db/ids.ts'
import { houseOn, type House } from '../members/house.ts'
import { openLedger, type Ledger } from '../members/ledger.ts'
import { startServer, type TestServer } from '../server/start-server.ts'

let server: TestServer
let house: House
let ledger: Ledger
beforeAll(async () => {
  server = await startServer()
  house = houseOn(server)
  ledger = await openLedger(house)
  await house.put({ externalId: 'ana', email: 'ana@x.example', phone: '+34600000001' }, { externalId: 'bob' })
})
afterAll(() => server.close())

const get = (path: string) => server.call('GET', path)
const act = (edge: string, what: string, body?: unknown) =>
  server.call('POST', `/v1/simulator/messages/${edge}/${what}`, { body })
const KEYS =
  `id flow version node hop member channel transport status reason to template templateVersion locale subject
  providerId test createdAt sentAt deliveredAt readAt openedAt clickedAt`.split(/\s+/)

test('a message in the list has every key, null where there is nothing', async () => {
  const { edge } = await ledger.message({ member: 'ana', status: 'pending', vars: null })
  const { body } = await get('/v1/messages?status=pending')
  expect(body.next).toBeNull()
  expect(Object.keys(body.items[0]).toSorted()).toEqual(KEYS.toSorted())
  expect(body.items[0]).toMatchObject({
    id: edge,
    flow: encodeId('flow', ledger.flows.marketing.flow),
    version: 1,
    hop: 0,
    member: 'ana',
    transport: 'simulator',
    template: 'winner',
    templateVersion: 1,
    reason: null,
    sentAt: null,
    test: false,
  })
})

test('the list is narrowed by each filter and by all of them together', async () => {
  const { edge } = await ledger.message({
    member: 'bob',
    channel: 'sms',
    purpose: 'transactional',
    status: 'delivered',
  })
  const flow = encodeId('flow', ledger.flows.transactional.flow)
  const past = '2001-01-01T00:00:00Z'
  const future = '2101-01-01T00:00:00Z'
  const filters = [
    `flow=${flow}`,
    'member=bob',
    'channel=sms',
    'status=delivered',
    'node=congrats&member=bob',
  ]
  for (const filter of [
    ...filters,
    `${filters.join('&').replace('&member=bob', '')}&from=${past}&to=${future}`,
  ]) {
    const found = (await get(`/v1/messages?${filter}`)).body.items
    expect([filter, ...found.map((one: { id: string }) => one.id)]).toEqual([filter, edge])
  }
  for (const filter of [`from=${future}`, `to=${past}`, 'member=nobody', 'campaign=none', 'node=elsewhere']) {
    expect([filter, (await get(`/v1/messages?${filter}`)).body.items]).toEqual([filter, []])
  }
  for (const filter of ['flow=msg_1', 'status=lost', 'from=yesterday', 'colour=red']) {
    expect([filter, (await get(`/v1/messages?${filter}`)).status]).toEqual([filter, 422])
  }
})

test('one message tells its content as sent, the candidates of its send, its attempts and its receipts', async () => {
  const { edge, enrollment } = await ledger.message({ member: 'ana', subject: 'You won a Bicycle' })
  const candidates = [
    { channel: 'whatsapp', refused: { code: 'no-consent', args: { channel: 'whatsapp', topic: 'prizes' } } },
    { channel: 'email', refused: null },
  ]
  await house.rows(
    `insert into step (workspace, period, enrollment, node, at, outcome, code, args, candidates)
     values ($1, date_trunc('month', now()), $2, 'congrats', now(), 'sent', 'hop', '{"channel": "email", "hop": 0}', $3)`,
    [house.workspace, enrollment, JSON.stringify(candidates)],
  )
  await act(edge, 'deliver')
  const { body } = await get(`/v1/messages/${edge}`)
  expect(body.content.subject).toBe('You won a Bicycle')
  expect(body.content.html).toContain('Hello Ana')
  expect(body.content.html).toContain('/u/v2.')
  expect(body.trace.steps).toMatchObject([
    {
      outcome: 'sent',
      why: 'Going out by email.',
      candidates: [{ channel: 'whatsapp' }, { channel: 'email', refused: null }],
    },
  ])
  expect(body.trace.steps[0].candidates[0].refused).toContain('no consent')
  expect(body.trace.hops).toMatchObject([{ id: edge, hop: 0 }])
  expect(body.attempts).toMatchObject([{ outcome: 'accepted' }])
  expect(body.receipts).toMatchObject([{ kind: 'delivered' }])
})

test('what an erased member got is no longer told', async () => {
  await house.put({ externalId: 'evelyn', email: 'evelyn@x.example' })
  const { edge } = await ledger.message({ member: 'evelyn', subject: 'Hello Evelyn' })
  await server.call('DELETE', '/v1/members/evelyn')
  const { body, text } = await get(`/v1/messages/${edge}`)
  expect(body).toMatchObject({ content: null, to: null, subject: null, status: 'sent' })
  expect(text).not.toMatch(/evelyn/i)
})

test('the simulator lists what it took over with its content, and what happens there is a receipt', async () => {
  const { edge } = await ledger.message({ member: 'ana', channel: 'sms' })
  const { body } = await get('/v1/simulator/messages?member=ana&channel=sms')
  expect(body.items).toMatchObject([
    { id: edge, content: { text: expect.stringContaining('You won a Bicycle') } },
  ])
  expect((await act(edge, 'deliver')).body).toMatchObject({ status: 'delivered' })
  expect((await act(edge, 'click')).body.clickedAt).not.toBeNull()
  expect((await act(edge, 'reply', { text: 'Stop!' })).status).toBe(200)
  expect((await get('/v1/members/ana')).body.consents).toMatchObject([
    { topic: '*', channel: 'sms', state: 'revoked' },
  ])
  expect((await act(edge, 'reply', {})).status).toBe(422)
})

test('a mail that is looked at was opened, a chat message that is looked at was read', async () => {
  const mail = await ledger.message({ member: 'ana' })
  const chat = await ledger.message({ member: 'ana', channel: 'whatsapp' })
  expect((await act(mail.edge, 'open')).body).toMatchObject({ status: 'sent', openedAt: expect.any(String) })
  expect((await act(chat.edge, 'open')).body).toMatchObject({ status: 'read', readAt: expect.any(String) })
})

test('a bounce, a complaint and a failure are told in words', async () => {
  await house.put({ externalId: 'dan', email: 'dan@x.example' })
  const one = await ledger.message({ member: 'dan' })
  expect((await act(one.edge, 'bounce')).body).toMatchObject({
    status: 'failed',
    reason: expect.stringContaining('it came back'),
  })
  const two = await ledger.message({ member: 'dan' })
  expect((await act(two.edge, 'fail')).body).toMatchObject({ status: 'failed', reason: expect.any(String) })
  const three = await ledger.message({ member: 'dan' })
  expect((await act(three.edge, 'complain')).body).toMatchObject({ status: 'sent' })
  expect((await get('/v1/members/dan')).body.consents).toMatchObject([
    { topic: '*', channel: 'email', state: 'revoked' },
  ])
})

test('nothing can happen to a message that has not been handed over', async () => {
  const { edge } = await ledger.message({ member: 'ana', status: 'pending' })
  expect((await act(edge, 'deliver')).status).toBe(409)
})

test('a message on a real transport is none of the simulator', async () => {
  const { edge, transport } = await ledger.message({ member: 'ana', channel: 'voice' })
  await house.rows(`update transport set kind = 'twilio' where id = $1`, [transport])
  expect((await act(edge, 'deliver')).status).toBe(404)
  expect((await get('/v1/simulator/messages?channel=voice')).body.items).toEqual([])
})

test('an operator decides what became of an unknown message, once, and it is written down', async () => {
  const resolve = (edge: string, as: string) =>
    server.call('POST', `/v1/messages/${edge}/resolve`, { body: { as } })
  const ends = { sent: 'sent', failed: 'failed', resend: 'pending' }
  for (const [as, status] of Object.entries(ends)) {
    const { edge } = await ledger.message({ member: 'ana', status: 'unknown' })
    expect(await resolve(edge, as)).toMatchObject({ status: 200, body: { status } })
    expect((await resolve(edge, as)).status).toBe(409)
    const acts = await house.rows('select action, after from audit where subject = $1', [edge])
    expect(acts).toEqual([{ action: 'message.resolve', after: { as } }])
  }
  const { edge } = await ledger.message({ member: 'ana' })
  expect((await resolve(edge, 'failed')).status).toBe(409)
  expect((await resolve(edge, 'lost')).status).toBe(422)
})

test('nothing is sent again to a member who opted out while the outcome was open', async () => {
  await house.put({ externalId: 'fay', email: 'fay@x.example' })
  const { edge } = await ledger.message({ member: 'fay', status: 'unknown' })
  await house.put({
    externalId: 'fay',
    consents: [{ topic: 'prizes', channel: 'email', state: 'revoked', source: 'form' }],
  })
  const answer = await server.call('POST', `/v1/messages/${edge}/resolve`, { body: { as: 'resend' } })
  expect(answer).toMatchObject({ status: 409, body: { type: 'urn:fanfare:problem:may-not-send' } })
})

test("another workspace's messages are unknown on every route", async () => {
  const { edge } = await ledger.message({ member: 'ana', status: 'unknown' })
  const [other] = await house.db.outside((tx) =>
    tx.rows<{ id: number }>(`insert into workspace (key, name) values ('other', 'Other') returning id`),
  )
  const { key } = await house.db.inWorkspace(other?.id ?? 0, (tx) =>
    createKey(tx, other?.id ?? 0, { name: 'theirs', scopes: ['*'] }),
  )
  for (const path of [
    `/v1/messages/${edge}`,
    '/v1/members/ana',
    '/v1/members/ana/timeline',
    '/v1/members/ana/export',
  ]) {
    expect([path, (await server.call('GET', path, { key })).status]).toEqual([path, 404])
  }
  for (const path of [
    '/v1/messages',
    '/v1/members',
    '/v1/simulator/messages',
    '/v1/messages?member=ana',
    '/v1/members?q=ana',
  ]) {
    expect([path, (await server.call('GET', path, { key })).body.items]).toEqual([path, []])
  }
  expect(
    (await server.call('POST', `/v1/messages/${edge}/resolve`, { key, body: { as: 'sent' } })).status,
  ).toBe(404)
  expect((await server.call('POST', `/v1/simulator/messages/${edge}/deliver`, { key })).status).toBe(404)
  expect((await server.call('DELETE', '/v1/members/ana', { key })).status).toBe(404)
  expect((await get(`/v1/messages/${edge}`)).body.status).toBe('unknown')
})

test.each(['flw_1', 'msg_0000', 'msg_zzzzzz', '1', 'msg_'])('%s is no message', async (id) => {
  expect((await get(`/v1/messages/${id}`)).status).toBe(404)
})
