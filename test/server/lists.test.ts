import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from './start-server.ts'
import type { TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  const body = ['ana', 'bob', 'eve'].map((externalId) => ({ externalId }))
  await server.call('PUT', '/v1/members', { body })
})
afterAll(() => server.close())

const put = (key: string, ...members: string[]) =>
  server.call('PUT', `/v1/lists/${key}/members`, { body: { members } })
const take = (key: string, ...members: string[]) =>
  server.call('DELETE', `/v1/lists/${key}/members`, { body: { members } })
const make = (key: string, name = key) => server.call('PUT', `/v1/lists/${key}`, { body: { name } })
async function on(list: string): Promise<string[]> {
  const { body } = await server.call('POST', '/v1/audiences/preview', { body: { where: { inList: list } } })
  return body.sample.toSorted()
}

test('a list is made, renamed, read and listed, newest first', async () => {
  expect(await make('press', 'Press')).toMatchObject({ status: 200, body: { key: 'press', count: 0 } })
  await make('staff')
  await make('press', 'Press and radio')
  expect((await server.call('GET', '/v1/lists/press')).body.name).toBe('Press and radio')
  const { items } = (await server.call('GET', '/v1/lists')).body
  expect(items.map((one: { key: string }) => one.key)).toEqual(['staff', 'press'])
  expect((await server.call('GET', '/v1/lists/nobody')).status).toBe(404)
})

test('members are put on a list and taken off, and again is fine', async () => {
  await make('vip')
  expect((await put('vip', 'ana', 'bob')).body.count).toBe(2)
  expect((await put('vip', 'bob', 'bob', 'eve')).body.count).toBe(3)
  expect(await on('vip')).toEqual(['ana', 'bob', 'eve'])
  expect((await take('vip', 'ana')).body.count).toBe(2)
  expect((await take('vip', 'ana', 'eve')).body.count).toBe(1)
  expect(await on('vip')).toEqual(['bob'])
  expect((await put('nobody', 'ana')).status).toBe(404)
  expect((await take('nobody', 'ana')).status).toBe(404)
})

test('an unknown member is refused by its place, and nothing of the request is stored', async () => {
  await make('careful')
  await put('careful', 'bob')
  const refused = await put('careful', 'ana', 'nobody', 'eve', 'no one')
  expect(refused.status).toBe(422)
  expect(refused.body.issues).toMatchObject([
    { path: 'members[1]', code: 'unknown-member' },
    { path: 'members[3]', code: 'unknown-member' },
  ])
  expect((await take('careful', 'bob', 'nobody')).status).toBe(422)
  expect(await on('careful')).toEqual(['bob'])
  const many = Array.from({ length: 1_001 }, (_, n) => `m-${n}`)
  expect((await put('careful', ...many)).body.issues).toMatchObject([{ path: 'members', code: 'too-big' }])
})

test('an erased member is on no list, and cannot be put on one', async () => {
  await server.call('PUT', '/v1/members', { body: { externalId: 'gone' } })
  await make('left')
  await put('left', 'gone')
  await server.call('DELETE', '/v1/members/gone')
  expect((await server.call('GET', '/v1/lists/left')).body.count).toBe(0)
  expect((await put('left', 'gone')).status).toBe(422)
})

test('the same members are put on a list by many at once, and each is on it once', async () => {
  await make('busy')
  const orders = [
    ['ana', 'bob', 'eve'],
    ['eve', 'bob', 'ana'],
    ['bob', 'eve', 'ana'],
  ]
  const answers = await Promise.all([...orders, ...orders].map((order) => put('busy', ...order)))
  expect(answers.map((answer) => answer.status)).toEqual(Array(6).fill(200))
  expect((await server.call('GET', '/v1/lists/busy')).body.count).toBe(3)
})
