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
