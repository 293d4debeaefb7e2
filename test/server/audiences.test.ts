import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from './start-server.ts'
import type { TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => void (server = await startServer()))
afterAll(() => server.close())

const put = (key: string, where: unknown) =>
  server.call('PUT', `/v1/audiences/${key}`, { body: { name: key, where } })
const gold = { field: 'member.tier', op: 'eq', value: 'gold' }

test('an audience is saved, read, listed and replaced under its key', async () => {
  expect(await put('gold', gold)).toMatchObject({ status: 200, body: { key: 'gold', where: gold } })
  const silver = { field: 'member.tier', op: 'in', value: ['gold', 'silver'] }
  await put('gold', silver)
  expect((await server.call('GET', '/v1/audiences/gold')).body.where).toEqual(silver)
  const { items } = (await server.call('GET', '/v1/audiences')).body
  expect(items.map((each: { key: string }) => each.key)).toEqual(['gold'])
  expect((await server.call('GET', '/v1/audiences/nobody')).status).toBe(404)
})

test('an audience cannot ask about a journey or name itself in a circle', async () => {
  const bound = await put('bound', { all: [gold, { message: { status: 'read' } }] })
  expect(bound.status).toBe(422)
  expect(bound.body.issues).toMatchObject([{ path: 'where.all[1]', code: 'needs-a-journey' }])
  await put('inner', { inAudience: 'gold' })
  const circle = await put('gold', { inAudience: 'inner' })
  expect(circle.body.issues).toMatchObject([{ path: 'where', code: 'circle' }])
})

test('a wrong condition is refused with its place', async () => {
  const answer = await put('wrong', { any: [{ field: 'member.tier', op: 'like', value: 'g%' }, { not: 7 }] })
  expect(answer.status).toBe(422)
  expect(answer.body.issues.map((issue: { path: string }) => issue.path).toSorted()).toEqual([
    'where.any[0].op',
    'where.any[1].not',
  ])
})

test('an attribute that is called tags is asked about like any other', async () => {
  await server.call('PUT', '/v1/members', { body: { externalId: 'tagged', attributes: { tags: ['vip'] } } })
  const where = { field: 'member.tags', op: 'hasAny', value: ['vip'] }
  const { body } = await server.call('POST', '/v1/audiences/preview', { body: { where } })
  expect(body).toEqual({ count: 1, sample: ['tagged'] })
})

test('audiences are counted as their members are now, those of audiences inside audiences, too', async () => {
  const member = (n: number) => ({
    externalId: `m-${n}`,
    attributes: { tier: n % 3 === 0 ? 'gold' : 'silver' },
  })
  const members = Array.from({ length: 700 }, (_, n) => member(n))
  await server.call('PUT', '/v1/members', { body: members })
  await put('golden', gold)
  await put('nested', {
    all: [{ inAudience: 'golden' }, { field: 'member.externalId', op: 'startsWith', value: 'm-1' }],
  })
  expect((await server.call('GET', '/v1/audiences/golden')).body.count).toBe(234)
  const nested = members.filter(
    (each) => each.attributes.tier === 'gold' && each.externalId.startsWith('m-1'),
  )
  const { items } = (await server.call('GET', '/v1/audiences')).body
  expect(items[0]).toMatchObject({ key: 'nested', count: nested.length })
  const preview = await server.call('POST', '/v1/audiences/preview', { body: { where: gold } })
  expect(preview.body.count).toBe(234)
  expect(preview.body.sample).toHaveLength(10)
  const golden = members.filter((each) => each.attributes.tier === 'gold').map((each) => each.externalId)
  expect(golden).toEqual(expect.arrayContaining(preview.body.sample))
})

test('a large audience is counted and listed to its last member, page by page', async () => {
  const everybody = { field: 'member.externalId', op: 'startsWith', value: 'crowd-' }
  await server.db.inWorkspace(server.workspace, (tx) =>
    tx.rows(
      `insert into member (workspace, external_id, attributes)
       select $1, 'crowd-' || n, jsonb_build_object('tier', case n % 2500 when 0 then 'rare' else 'usual' end)
       from generate_series(1, 25000) n`,
      [server.workspace],
    ),
  )
  const counted = await server.call('POST', '/v1/audiences/preview', { body: { where: everybody } })
  expect(counted.body.count).toBe(25_000)
  await put('rare', { all: [everybody, { field: 'member.tier', op: 'eq', value: 'rare' }] })
  const found: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const from: string = cursor && `&cursor=${cursor}`
    const { body } = await server.call('GET', `/v1/members?audience=rare&limit=4${from}`)
    found.push(...body.items.map((one: { externalId: string }) => one.externalId))
    cursor = body.next
  }
  expect(found).toEqual(Array.from({ length: 10 }, (_, n) => `crowd-${25_000 - n * 2_500}`))
  const few = await server.call('GET', '/v1/members?audience=rare&q=crowd-2')
  expect(few.body.items.map((one: { externalId: string }) => one.externalId)).toEqual([
    'crowd-25000',
    'crowd-22500',
    'crowd-20000',
    'crowd-2500',
  ])
})
