import { request } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from './start-server.ts'
import type { TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => void (server = await startServer()))
afterAll(() => server.close())

const json = { 'content-type': 'application/json' }
const post = (raw: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = json) =>
  server.call('POST', '/v1/keys', { raw, headers })

test('a body over 1 MiB is 413, also when it only unpacks to that', async () => {
  const huge = JSON.stringify({ name: 'x'.repeat(1024 * 1024), scopes: ['*'] })
  expect((await post(huge)).status).toBe(413)
  const packed = new Uint8Array(gzipSync(Buffer.from(huge)))
  expect(packed.length).toBeLessThan(10_000)
  expect((await post(packed, { ...json, 'content-encoding': 'gzip' })).status).toBe(413)
})

test('a body of exactly 1 MiB is read', async () => {
  const shell = JSON.stringify({ name: '', scopes: ['*'] }).length
  const answer = await post(JSON.stringify({ name: 'x'.repeat(1024 * 1024 - shell), scopes: ['*'] }))
  expect(answer.status).toBe(422)
  expect(answer.body.issues).toMatchObject([{ path: 'name', code: 'too-big' }])
})

test('JSON that is nested without end is refused, not followed', async () => {
  for (const deep of [
    '['.repeat(500_000),
    `${'['.repeat(200_000)}${']'.repeat(200_000)}`,
    '{"a":'.repeat(101) + '1' + '}'.repeat(101),
  ]) {
    const answer = await post(deep)
    expect([400, 422]).toContain(answer.status)
  }
})

test('__proto__ is never a property', async () => {
  for (const body of [
    '{"__proto__":{"scopes":["*"]},"name":"x"}',
    '{"\\u005f_proto__":{},"name":"x","scopes":["*"]}',
  ]) {
    const answer = await post(body)
    expect(answer.status).toBe(422)
    expect(answer.body.issues.map((issue: { path: string }) => issue.path)).toContain('__proto__')
  }
  expect(({} as Record<string, unknown>)['scopes']).toBeUndefined()
})

test('text that a database cannot store is refused with its place', async () => {
  for (const name of ['a\\u0000b', '\\ud800', 'x\\uDC00y']) {
    const answer = await post(`{"name":"${name}","scopes":["*"]}`)
    expect(answer.status).toBe(422)
    expect(answer.body.issues).toMatchObject([{ path: 'name', code: 'bad-text' }])
  }
  expect((await post('{"name":"\\ud83c\\udf89 party","scopes":["keys:read"]}')).status).toBe(201)
})

test('a body that is not UTF-8 is 400', async () => {
  expect((await post(new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]))).status).toBe(400)
})

test('all that is wrong is told at once', async () => {
  const { body } = await post('{"name":"","scopes":["root",7],"colour":"red","size":1}')
  expect(body.issues.map((issue: { path: string }) => issue.path).toSorted()).toEqual([
    'colour',
    'name',
    'scopes[0]',
    'scopes[1]',
    'size',
  ])
})

test('an address that cannot be is 404 or 400, never a fault of ours', async () => {
  for (const path of [
    '/v1/keys/key_%00',
    '/v1/keys/%F0%9F%8E%89',
    '/v1/keys/key_zzzzzzzzzzzz',
    '/v1/keys/msg_1',
    '/nowhere',
  ]) {
    const method = path === '/nowhere' ? 'GET' : 'DELETE'
    expect((await server.call(method, path)).status).toBe(404)
  }
  expect((await server.call('DELETE', '/v1/keys/%E0%A4%A')).status).toBe(400)
})

test('another method on a known path is 405 with those that are allowed', async () => {
  const answer = await server.call('PUT', '/v1/keys', { body: {} })
  expect(answer.status).toBe(405)
  expect(answer.headers.get('allow')).toBe('GET, POST')
})

test('a line break in a header value does not reach an answer', async () => {
  const sent = await new Promise<{ status: number | undefined; headers: object }>((resolve, reject) => {
    const call = request(
      `${server.base}/v1/keys%0d%0aset-cookie:%20a=b?x=%0d%0aset-cookie:%20a=b`,
      (answer) => {
        answer.resume()
        resolve({ status: answer.statusCode, headers: answer.headers })
      },
    )
    call.on('error', reject)
    call.end()
  })
  expect(sent.status).toBe(404)
  expect(sent.headers).not.toHaveProperty('set-cookie')
})

test('every answer forbids what it does not need', async () => {
  const { headers } = await server.call('GET', '/healthz', { key: null })
  expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('x-powered-by')).toBeNull()
  expect(headers.get('cache-control')).toBe('no-store')
})
