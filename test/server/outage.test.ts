import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../support/fresh-database.ts'
import type { FreshDatabase } from '../support/fresh-database.ts'
import { startServer } from './start-server.ts'

let database: FreshDatabase
beforeAll(async () => void (database = await freshDatabase()))
afterAll(() => database.close())

/** A way to a port that can be cut and laid again. */
async function openWay(target: { host: string; port: number }) {
  const sockets = new Set<Socket>()
  const listen = async (port: number): Promise<Server> => {
    const server = createServer((near) => {
      const far = connect(target)
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(from)
        from.on('error', () => to.destroy()).on('close', () => to.destroy())
        from.pipe(to)
      }
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return server
  }
  let server = await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    port,
    async cut() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
    async mend() {
      server = await listen(port)
    },
  }
}

test('while the database is away answers are 503 with Retry-After, and afterwards it goes on by itself', async () => {
  const url = new URL(database.url)
  const way = await openWay({ host: url.hostname, port: Number(url.port) })
  url.port = String(way.port)
  const server = await startServer({ DATABASE_URL: url.href, LOG_LEVEL: 'silent' })
  expect((await server.call('GET', '/v1/audiences')).status).toBe(200)

  await way.cut()
  for (const path of ['/v1/keys', '/v1/audiences', '/v1/settings']) {
    const away = await server.call('GET', path)
    expect(away).toMatchObject({ status: 503, body: { type: 'urn:fanfare:problem:unavailable' } })
    expect(away.headers.get('retry-after')).toBe('1')
  }
  expect((await server.call('GET', '/healthz')).status).toBe(200)
  expect((await server.call('GET', '/readyz')).body).toMatchObject({ database: 'down' })

  await way.mend()
  for (const path of ['/v1/keys', '/v1/audiences', '/v1/settings']) {
    await expect.poll(async () => (await server.call('GET', path)).status, { timeout: 10_000 }).toBe(200)
  }
  await server.close()
  await way.cut()
})
