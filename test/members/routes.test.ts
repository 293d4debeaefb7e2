import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../server/start-server.ts'
import { houseOn, type House } from './house.ts'
import { openLedger } from './ledger.ts'

let server: TestServer
let house: House
beforeAll(async () => {
  server = await startServer()
  house = houseOn(server)
})
afterAll(() => server.close())

const put = (body: unknown) => server.call('PUT', '/v1/members', { body })
const get = (path: string) => server.call('GET', path)
const ids = (answer: { body: { items: { externalId: string }[] } }) =>
  answer.body.items.map((one) => one.externalId)

test("the contract's members are stored as they are written", async () => {
  const members = JSON.parse(await readFile(new URL('../../examples/members.json', import.meta.url), 'utf8'))
  expect(await put(members)).toMatchObject({ status: 200, body: { upserted: 3 } })
  const { body } = await get('/v1/members/m-1')
  const { consents, ...profile } = members[0]
  expect(body).toMatchObject(profile)
  expect(body.consents).toMatchObject(
    consents.toReversed().toSorted((a: never, b: never) => (a['channel'] < b['channel'] ? -1 : 1)),
  )
  expect((await get('/v1/members/m-3')).body).toMatchObject({
    phone: null,
    timeZone: null,
    preferredChannels: [],
    tags: [],
  })
})

test('everything that is wrong in an array is told at once, with its place, and nothing is stored', async () => {
  const answer = await put([
    { externalId: 'fine' },
    {
      externalId: 'bad',
      email: 'a@x.example, b@x.example',
      consents: [{ topic: 'a', channel: 'pigeon', state: 'maybe', source: 's' }],
    },
    { email: 'no-id@x.example', favourite: 1 },
  ])
  expect(answer.status).toBe(422)
  expect(answer.body.issues.map((issue: { path: string }) => issue.path).toSorted()).toEqual([
    '[1].consents[0].channel',
    '[1].consents[0].state',
    '[1].email',
    '[2].externalId',
    '[2].favourite',
  ])
  expect((await get('/v1/members/fine')).status).toBe(404)
})

test('members are found by the beginning of their id, address, number or name', async () => {
  await put([
    {
      externalId: 'find-1',
      email: 'Ursula@find.example',
      phone: '+34600111222',
      attributes: { name: 'Úrsula Le' },
    },
    { externalId: 'find-2', email: 'other@find.example', attributes: { name: 'Otto' } },
  ])
  const find = async (q: string) => [q, ...ids(await get(`/v1/members?q=${encodeURIComponent(q)}`))]
  for (const q of ['find-1', 'Ursula@', '+346001112', '34 600 111', 'Úrs'])
    expect(await find(q)).toEqual([q, 'find-1'])
  expect(await find('600111222')).toEqual(['600111222'])
  expect(ids(await get('/v1/members?q=OTTO'))).toEqual(['find-2'])
  expect(ids(await get('/v1/members?q=find-'))).toEqual(['find-2', 'find-1'])
})

test('pages follow each other without gap or repetition', async () => {
  await put(Array.from({ length: 7 }, (_, i) => ({ externalId: `page-${i}` })))
  const seen: string[] = []
  let next: string | null = ''
  while (next !== null) {
    const answer = await get(`/v1/members?q=page-&limit=3${next && `&cursor=${next}`}`)
    seen.push(...ids(answer))
    next = answer.body.next
  }
  expect(seen).toEqual(['page-6', 'page-5', 'page-4', 'page-3', 'page-2', 'page-1', 'page-0'])
  expect((await get('/v1/members?cursor=nonsense')).status).toBe(422)
})

test('an audience lists the members it is true for', async () => {
  const where = { field: 'member.tier', op: 'eq', value: 'diamond' }
  await server.call('PUT', '/v1/audiences/diamonds', { body: { name: 'Diamonds', where } })
  await put([
    { externalId: 'aud-1', attributes: { tier: 'diamond' } },
    { externalId: 'aud-2', attributes: { tier: 'silver' } },
    { externalId: 'aud-3', attributes: { tier: 'diamond' } },
  ])
  expect(ids(await get('/v1/members?audience=diamonds'))).toEqual(['aud-3', 'aud-1'])
  const first = await get('/v1/members?audience=diamonds&limit=1')
  expect(ids(await get(`/v1/members?audience=diamonds&limit=1&cursor=${first.body.next}`))).toEqual(['aud-1'])
  expect((await get('/v1/members?audience=nobody')).status).toBe(404)
  const inline = (condition: unknown) =>
    get(`/v1/members?audience=${encodeURIComponent(JSON.stringify(condition))}`)
  expect(ids(await inline({ not: { not: where } }))).toEqual(['aud-3', 'aud-1'])
  expect(await inline({ field: 'member.tier', op: 'like' })).toMatchObject({
    status: 422,
    body: { issues: [{ path: 'audience' }] },
  })
  expect((await get('/v1/members?audience={')).status).toBe(422)
})

test('the timeline tells everything newest first, in sentences, and pages across its kinds', async () => {
  const ledger = await openLedger(house)
  await put({ externalId: 'story', phone: '+34600000009', preferredChannels: ['sms'] })
  const consent = { topic: 'prizes', channel: 'sms', state: 'granted', source: 'signup-form' }
  await put({ externalId: 'story', consents: [{ ...consent, at: '2026-01-01T00:00:00Z' }] })
  const event = {
    id: 'story-1',
    type: 'CampaignGameWon',
    member: 'story',
    at: '2026-02-01T00:00:00Z',
    data: { prize: { name: 'Bicycle' } },
  }
  expect((await server.call('POST', '/v1/events', { body: event })).status).toBe(202)
  const { edge } = await ledger.message({ member: 'story', channel: 'sms', to: '+34600000009' })
  await server.call('POST', `/v1/simulator/messages/${edge}/reply`, { body: { text: 'STOP' } })

  const { items } = (await get('/v1/members/story/timeline')).body
  const kinds = items.map((one: { kind: string }) => one.kind)
  expect(kinds.toSorted()).toEqual([
    'consent',
    'consent',
    'enrollment',
    'event',
    'message',
    'preference',
    'receipt',
  ])
  const at = items.map((one: { at: string }) => Date.parse(one.at))
  expect(at).toEqual(at.toSorted((a: number, b: number) => b - a))
  expect(items.at(-1)).toMatchObject({ kind: 'consent', text: 'Granted: *prizes* by SMS (signup-form).' })
  expect(items.at(-2)).toMatchObject({
    kind: 'event',
    type: 'CampaignGameWon',
    data: { prize: { name: 'Bicycle' } },
  })
  expect(items.every((one: { text: string }) => one.text.length > 0)).toBe(true)

  const paged: unknown[] = []
  let next: string | null = ''
  while (next !== null) {
    const answer = await get(`/v1/members/story/timeline?limit=2${next && `&cursor=${next}`}`)
    paged.push(...answer.body.items)
    next = answer.body.next
  }
  expect(paged).toEqual(items)
})

test('an erased member is unknown to every route, and the act is written down without their id', async () => {
  await put({ externalId: 'erase me/now', email: 'erase@x.example' })
  const path = `/v1/members/${encodeURIComponent('erase me/now')}`
  expect((await get(`${path}/export`)).body.member).toMatchObject({ external_id: 'erase me/now' })
  expect((await server.call('DELETE', path)).status).toBe(204)
  for (const rest of ['', '/export', '/timeline']) expect((await get(path + rest)).status).toBe(404)
  expect((await server.call('DELETE', path)).status).toBe(404)
  const acts = await house.rows<{ subject: string }>(
    `select subject from audit where action = 'member.erase'`,
  )
  expect(acts).toHaveLength(1)
  expect(acts[0]?.subject).toMatch(/^erased-/)
})

test('a key without the scope reads or writes no member', async () => {
  const { body } = await server.call('POST', '/v1/keys', {
    body: { name: 'events only', scopes: ['events:write'] },
  })
  expect((await server.call('GET', '/v1/members/m-1', { key: body.key })).status).toBe(403)
  expect((await server.call('DELETE', '/v1/members/m-1', { key: body.key })).status).toBe(403)
})

test.each([
  ['a polluted prototype', '{"externalId":"h","attributes":{"__proto__":{"admin":true}}}'],
  ['a NUL in an attribute', '{"externalId":"h","attributes":{"name":"a\\u0000b"}}'],
  ['half a surrogate pair', '{"externalId":"h","attributes":{"name":"\\ud800"}}'],
  [
    'a thousand and one members',
    JSON.stringify(Array.from({ length: 1_001 }, (_, i) => ({ externalId: `h${i}` }))),
  ],
])('%s is refused in words', async (_, raw) => {
  const answer = await server.call('PUT', '/v1/members', {
    raw,
    headers: { 'content-type': 'application/json' },
  })
  expect(answer.status).toBe(422)
  expect((await get('/v1/members/h')).status).toBe(404)
})
