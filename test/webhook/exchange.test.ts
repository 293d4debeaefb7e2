import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { exchange, type Exchange } from '../../activities/effects/webhook/exchange.ts'
import { openLines, type Lines } from '../../activities/effects/webhook/lines.ts'
import { startDomainSystem, type Behaviour, type DomainSystem } from '../support/domain-system.ts'

let system: DomainSystem
let lines: Lines
beforeAll(async () => {
  system = await startDomainSystem()
  lines = openLines({ hosts: [], loopback: true })
})
afterEach(() => {
  system.release()
  system.requests.splice(0)
})
afterAll(async () => {
  lines.close()
  await system.close()
})

function ask(url = system.url, { timeoutMs = 20_000, over = lines } = {}): Promise<Exchange> {
  const headers = { 'content-length': '2' }
  return exchange({ url: new URL(url), method: 'POST', headers, body: Buffer.from('{}'), timeoutMs }, over)
}

function whenItDoes(behaviour: Behaviour, patience: object = {}): Promise<Exchange> {
  system.plan(behaviour)
  return ask(undefined, patience)
}

test('an answer is told with its status and text', async () => {
  expect(await whenItDoes({ answer: 201, body: '{"a":"ü"}' })).toEqual({ status: 201, text: '{"a":"ü"}' })
  expect(await whenItDoes({ answer: 204 })).toEqual({ status: 204, text: '' })
})

test('an answer of ten megabytes is cut off and kept by nobody', async () => {
  expect(await whenItDoes('flood')).toEqual({ status: 200, text: null })
  expect(await ask()).toMatchObject({ status: 200, text: '{}' })
})

test.each(['hang', 'drip'] as const)(
  'a system that begins to %s is given up after its time',
  async (behaviour) => {
    expect(await whenItDoes(behaviour, { timeoutMs: 300 })).toEqual({ fault: 'timeout' })
  },
)

test('a redirect is an answer like any other: nobody goes where it leads', async () => {
  const headers = { location: `${system.url}/private` }
  expect(await whenItDoes({ answer: 307, headers })).toMatchObject({ status: 307 })
  expect(system.requests).toHaveLength(1)
})

test.each(['cut-before', 'cut-after', 'cut-within'] as const)(
  'a connection that is lost (%s) is told as that',
  async (behaviour) => {
    const fresh = openLines({ hosts: [], loopback: true })
    expect(await whenItDoes(behaviour, { over: fresh })).toEqual({ fault: 'cut' })
    fresh.close()
  },
)

test('a connection that the other side closed while it was kept is no failure', async () => {
  const server = createServer((socket) => {
    // Answers once as if it kept the connection, and drops it as the next request comes.
    let served = false
    socket.on('error', () => {})
    socket.on('data', () => {
      if (served) return void socket.resetAndDestroy()
      served = true
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server's address is an object
  for (const _ of [1, 2, 3]) expect(await ask(`http://127.0.0.1:${port}`)).toMatchObject({ status: 200 })
  server.close()
})

test('a system that would rather speak another protocol gives no answer', async () => {
  const headers = { connection: 'upgrade', upgrade: 'another' }
  expect(await whenItDoes({ answer: 101, headers })).toEqual({ fault: 'cut' })
})

test('what speaks another language, or no encryption where it should, is told as that', async () => {
  expect(await whenItDoes('babble')).toEqual({ fault: 'no-http' })
  expect(await ask(system.url.replace('http:', 'https:'))).toEqual({ fault: 'encryption' })
})

test('where nobody listens, nobody is reached', async () => {
  const gone = await startDomainSystem()
  await gone.close()
  expect(await ask(gone.url)).toEqual({ fault: 'unreachable' })
})

test('a name that leads to this machine is refused as it connects, unless that is allowed', async () => {
  const url = `http://localhost:${system.port}`
  const strict = openLines({ hosts: [], loopback: false })
  const named = openLines({ hosts: [`localhost:${system.port}`], loopback: false })
  expect(await ask(url, { over: strict })).toEqual({ fault: 'address' })
  expect(system.requests).toEqual([])
  expect(await ask(url, { over: named })).toMatchObject({ status: 200 })
  strict.close()
  named.close()
})

test('a process that closes breaks off what is under way, and begins nothing more', async () => {
  const closing = openLines({ hosts: [], loopback: true })
  const asked = whenItDoes('hang', { over: closing })
  await expect.poll(() => system.held()).toBe(1)
  closing.close()
  expect(await asked).toEqual({ fault: 'interrupted' })
  expect(await ask(system.url, { over: closing })).toEqual({ fault: 'interrupted' })
})
