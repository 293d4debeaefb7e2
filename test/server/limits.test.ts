import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from './start-server.ts'
import type { TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => void (server = await startServer()))
afterAll(() => server.close())

const get = async (path: string) => (await server.call('GET', path)).status
const post = (body: unknown) => server.call('POST', '/v1/events', { body })
const cursor = (key: unknown) => Buffer.from(JSON.stringify(key)).toString('base64url')

test('an array of 1,001 is refused as too long, not as something else', async () => {
  const many = Array.from({ length: 1_001 }, (_, n) => ({ externalId: `m-${n}` }))
  const members = await server.call('PUT', '/v1/members', { body: many })
  const events = await post(many.map(({ externalId }) => ({ id: externalId, type: 'Won', member: 'ana' })))
  for (const { status, body } of [members, events]) {
    expect([status, body.issues]).toMatchObject([422, [{ path: '', code: 'too-big' }]])
  }
})

test('the data of an event is measured in bytes', async () => {
  const event = { id: 'bytes', type: 'Won', member: 'ana' }
  expect((await post({ ...event, data: { text: 'é'.repeat(30_000) } })).body.issues).toMatchObject([
    { path: 'data', code: 'too-large' },
  ])
  expect((await post({ ...event, data: { text: 'é'.repeat(25_000) } })).status).toBe(202)
})

test('a member is named on one line, by events, too', async () => {
  const { status, body } = await post({ id: 'line', type: 'Won', member: 'ana\nbob' })
  expect([status, body.issues]).toMatchObject([422, [{ path: 'member', code: 'invalid-format' }]])
})

test('an unknown property is told once, however often its shape is looked at', async () => {
  const won = { kind: 'trigger', on: { event: 'Won', colour: 'red' }, exits: { next: null } }
  const settings = { purpose: 'transactional' }
  const document = { schema: 'fanfare.flow/1', name: 'Won', settings, start: 'won', nodes: { won } }
  const { body } = await server.call('POST', '/v1/flows', { body: document })
  expect(body.issues).toMatchObject([{ path: 'nodes.won.on.colour', code: 'unknown-property' }])
})

test('an event is taken wherever a character of its data would be cut for the catalogue', async () => {
  const text = `${'a'.repeat(99)}🎉`
  expect((await post({ id: 'cut', type: 'Cut', member: 'ana', data: { text } })).status).toBe(202)
  const { items } = (await server.call('GET', '/v1/events/types')).body
  const cut = items.find((one: { type: string }) => one.type === 'Cut')
  expect(cut.fields).toEqual([{ path: 'text', example: 'a'.repeat(99) }])
})

test('an instant that no calendar of ours has is refused', async () => {
  for (const at of ['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+02:00', '9999-12-31T23:59:59-02:00']) {
    const { status, body } = await post({ id: at, type: 'Won', member: 'ana', at })
    expect([at, status, body.issues]).toMatchObject([at, 422, [{ path: 'at', code: 'out-of-range' }]])
    expect(await get(`/v1/messages?from=${encodeURIComponent(at)}`)).toBe(422)
  }
  expect((await post({ id: 'old', type: 'Won', member: 'ana', at: '0001-01-01T00:00:00Z' })).status).toBe(202)
})

test('text in a query that no database can look for is refused', async () => {
  for (const path of ['/v1/members?q=', '/v1/messages?member=', '/v1/simulator/messages?member=']) {
    expect([path, await get(`${path}a%00b`)]).toEqual([path, 422])
  }
  expect(await get(`/v1/secrets?cursor=${cursor('a\0b')}`)).toBe(422)
})

test('an id or a cursor too large for its column is like any other unknown one', async () => {
  for (const path of ['/v1/flows/flw_zzzzzzzz', '/v1/flows/flw_1/versions/99999999999']) {
    expect([path, await get(path)]).toEqual([path, 404])
  }
  await post({ id: 'time', type: 'Won', member: 'ana' })
  const place = { at: '2026-01-01T00:00:00Z', rank: 99_999_999_999, id: 1 }
  for (const path of [
    `/v1/flows?cursor=${cursor(2 ** 40)}`,
    `/v1/keys?cursor=${cursor(2 ** 40)}`,
    `/v1/templates?cursor=${cursor(2 ** 40)}`,
    `/v1/members/ana/timeline?cursor=${cursor(place)}`,
    `/v1/members/ana/timeline?cursor=${cursor({ ...place, rank: 1, at: '0000-01-01T00:00:00Z' })}`,
  ]) {
    expect([path, await get(path)]).toEqual([path, 422])
  }
})
