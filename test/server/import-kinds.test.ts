import { afterAll, beforeAll, expect, test } from 'vitest'
import { drawing, waitFor } from '../engine/drawing.ts'
import { startServer, type Answer, type TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  const body = ['ana', 'bob', 'eve'].map((externalId) => ({ externalId, email: `${externalId}@x.example` }))
  await server.call('PUT', '/v1/members', { body })
})
afterAll(() => server.close())

interface Sending {
  key?: string
  type?: string
}
const send = (path: string, raw: string, { key, type = 'text/csv' }: Sending = {}): Promise<Answer> =>
  server.call('POST', path, { raw, headers: { 'content-type': type }, ...(key && { key }) })
const rejected = ({ body }: Answer) =>
  body.rejected.map(({ row, issues }: { row: number; issues: { path: string; code: string }[] }) => [
    row,
    ...issues.map(({ path, code }) => `${path}: ${code}`),
  ])
const timeline = async (id: string, kind: string) =>
  (await server.call('GET', `/v1/members/${id}/timeline`)).body.items.filter(
    (one: { kind: string }) => one.kind === kind,
  )

test('events of a file are taken in as if they had been posted, each once', async () => {
  const file =
    'id,type,member,at,data.prize.code,data.points:number\n' +
    'w-1,Won,ana,2026-01-02T03:04:05Z,A,3\n' +
    'w-2,Won,stranger,,,\n' +
    'w-3,not a type,ana,,,\n' +
    'w-1,Won,ana,,,\n'
  const answer = await send('/v1/events/import', file)
  expect(answer.body).toMatchObject({ rows: 4, accepted: 2, duplicates: 1, rejectedRows: 1 })
  expect(rejected(answer)).toEqual([[4, 'type: invalid-format']])
  expect(await timeline('ana', 'event')).toMatchObject([
    { id: 'w-1', type: 'Won', at: '2026-01-02T03:04:05.000Z', data: { prize: { code: 'A' }, points: 3 } },
  ])
  expect((await server.call('GET', '/v1/members/stranger')).status).toBe(200)
  expect((await send('/v1/events/import', file)).body).toMatchObject({ accepted: 0, duplicates: 3 })
})

test('imported events start flows, unless they are history', async () => {
  const { id } = (
    await server.call('POST', '/v1/flows', {
      body: drawing({ rest: waitFor('P1D') }, { on: { event: 'Came' } }),
    })
  ).body
  await server.call('POST', `/v1/flows/${id}/publish`, { body: {} })
  const inside = async () => (await server.call('GET', `/v1/flows/${id}/stats`)).body.enrolled
  await send('/v1/events/import?history=true', 'id,type,member\nold-1,Came,ana\n')
  expect(await inside()).toBe(0)
  const line = JSON.stringify({ id: 'new-1', type: 'Came', member: 'bob' })
  await send('/v1/events/import', line, { type: 'application/x-ndjson' })
  expect(await inside()).toBe(1)
  const { items } = (await server.call('GET', `/v1/flows/${id}/enrollments`)).body
  expect(items).toMatchObject([{ member: 'bob' }])
})

test('members come onto a list by their ids; who is on it already is counted, who is unknown is told', async () => {
  await server.call('PUT', '/v1/lists/press', { body: { name: 'Press' } })
  await server.call('PUT', '/v1/lists/press/members', { body: { members: ['eve'] } })
  const answer = await send('/v1/lists/press/import', 'externalId\nana\neve\nnobody\nana\n')
  expect(answer.body).toMatchObject({ rows: 4, accepted: 1, duplicates: 2, rejectedRows: 1 })
  expect(rejected(answer)).toEqual([[4, 'externalId: unknown-member']])
  expect((await server.call('GET', '/v1/lists/press')).body.count).toBe(2)
})

test('a row for a list that says more than an id stores the member, if the key may write members', async () => {
  await server.call('PUT', '/v1/lists/staff', { body: { name: 'Staff' } })
  const file = 'externalId,attributes.name\nnew-1,Nina\nbob,\n'
  const scopes = ['audiences:write']
  const { key } = (await server.call('POST', '/v1/keys', { body: { name: 'Lists only', scopes } })).body
  const refused = await send('/v1/lists/staff/import', file, { key })
  expect(refused.body).toMatchObject({ accepted: 1, rejected: [{ row: 2, issues: [{ code: 'forbidden' }] }] })
  expect((await server.call('GET', '/v1/members/new-1')).status).toBe(404)
  expect((await send('/v1/lists/staff/import', file)).body).toMatchObject({ accepted: 1, duplicates: 1 })
  expect((await server.call('GET', '/v1/members/new-1')).body.attributes).toEqual({ name: 'Nina' })
  expect((await server.call('GET', '/v1/lists/staff')).body.count).toBe(2)
})

const CONSENTS =
  'member,topic,channel,state,source,at,wording,proof.ip,proof.form,proof.reference\n' +
  'ana,news,email,granted,fair,2025-05-01T10:00:00Z,I want the news,192.0.2.7,Spring fair,T-17\n' +
  'ana,news,email,revoked,fair,2025-05-01T10:00:00Z,,,,\n' +
  'ana,news,email,granted,fair,2024-05-01T10:00:00Z,,,,\n' +
  'bob,news,email,granted,fair,,,,,\n' +
  'nobody,news,email,granted,fair,2025-05-01T10:00:00Z,,,,\n' +
  'bob,news,email,granted,fair,2025-05-01T10:00:00Z,,the moon,,\n' +
  'bob,news,sms,granted,fair,2025-05-01T10:00:00Z,,2001:db8::7,,\n'

test('consents come with their instant and their proof; the newest counts, and a revocation wins a tie', async () => {
  const answer = await send('/v1/consents/import', CONSENTS)
  expect(answer.body).toMatchObject({ rows: 7, accepted: 4, duplicates: 0, rejectedRows: 3 })
  expect(rejected(answer)).toEqual([
    [5, 'at: required'],
    [6, 'member: unknown-member'],
    [7, 'proof.ip: invalid-ip'],
  ])
  const { consents } = (await server.call('GET', '/v1/members/ana/export')).body
  expect(consents).toMatchObject([
    {
      wording: 'I want the news',
      at: '2025-05-01T10:00:00+00:00',
      proof: { ip: '192.0.2.7', form: 'Spring fair', reference: 'T-17' },
    },
    { state: 'revoked', proof: null },
    { state: 'granted', at: '2024-05-01T10:00:00+00:00' },
  ])
  const granted = { consent: { topic: 'news', channel: 'email', state: 'granted' } }
  const { body } = await server.call('POST', '/v1/audiences/preview', { body: { where: granted } })
  expect(body.sample).toEqual([])
})

test('consents that are in the ledger are not written a second time', async () => {
  const again = await send('/v1/consents/import', CONSENTS)
  expect(again.body).toMatchObject({ rows: 7, accepted: 0, duplicates: 4 })
  expect((await server.call('GET', '/v1/members/ana/export')).body.consents).toHaveLength(3)
})

test('what shows a consent is gone with the member', async () => {
  await server.call('DELETE', '/v1/members/bob')
  const proofs = await server.db.inWorkspace(server.workspace, (tx) =>
    tx.rows<{ n: number }>('select count(*) n from consent where proof is not null'),
  )
  expect(proofs).toEqual([{ n: 1 }]) // Ana's
})
