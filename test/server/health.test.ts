import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from './start-server.ts'
import type { TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => void (server = await startServer()))
afterAll(() => server.close())

const ready = () => server.call('GET', '/readyz', { key: null })

test('it is ready once a worker gives signs of life, and no longer when they stop', async () => {
  expect(await ready()).toMatchObject({
    status: 503,
    body: { api: 'up', database: 'up', temporal: 'up', worker: 'down' },
  })
  await server.db.outside((tx) => tx.rows('insert into lease default values'))
  expect(await ready()).toMatchObject({ status: 200, body: { worker: 'up' } })
  await server.db.outside((tx) => tx.rows(`update lease set seen_at = now() - interval '11 seconds'`))
  expect((await ready()).body.worker).toBe('down')
})

test('it starts and serves without Temporal, and says that it is away', async () => {
  const alone = await startServer({ TEMPORAL_ADDRESS: '127.0.0.1:1' })
  expect((await alone.call('GET', '/readyz', { key: null })).body).toMatchObject({
    database: 'up',
    temporal: 'down',
  })
  expect((await alone.call('GET', '/v1/keys')).status).toBe(200)
  await alone.close()
})

test('metrics count requests by the pattern of their route', async () => {
  await server.call('DELETE', '/v1/keys/key_zz')
  const { text } = await server.call('GET', '/metrics', { key: null })
  expect(text).toMatch(
    /fanfare_http_request_seconds_count{method="DELETE",route="\/v1\/keys\/:id",status="404"} 1/,
  )
  expect(text).not.toContain('key_zz')
  expect(text).toMatch(/fanfare_database_connections{state="waiting"} 0/)
})
