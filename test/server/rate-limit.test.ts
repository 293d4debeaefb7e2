import { afterAll, expect, test } from 'vitest'
import { rateLimit } from '../../server/http/rate-limit.ts'
import { startServer } from './start-server.ts'
import type { TestServer } from './start-server.ts'

const servers: TestServer[] = []
afterAll(() => Promise.all(servers.map((server) => server.close())))

const passes = (limit: (who: string) => void, who: string): boolean => {
  try {
    limit(who)
    return true
  } catch {
    return false
  }
}

test('twice the rate may come at once, the rest at the rate, each name for itself', () => {
  let now = 0
  const limit = rateLimit(10, () => now)
  const taken = Array.from({ length: 30 }, () => passes(limit, 'a')).filter(Boolean)
  expect(taken).toHaveLength(20)
  expect(passes(limit, 'b')).toBe(true)
  now = 99
  expect(passes(limit, 'a')).toBe(false)
  now = 201
  expect([passes(limit, 'a'), passes(limit, 'a'), passes(limit, 'a')]).toEqual([true, true, false])
})

test('too many requests with a key are 429 with the time to wait, and other callers go on', async () => {
  const server = await startServer({ FANFARE_KEY_RATE: '1' })
  servers.push(server)
  const answers = await Promise.all(Array.from({ length: 8 }, () => server.call('GET', '/v1/keys')))
  const refused = answers.filter((answer) => answer.status === 429)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused[0]!.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
  expect(refused[0]!.body).toMatchObject({ type: 'urn:fanfare:problem:too-many-requests', status: 429 })
  expect((await server.call('GET', '/healthz', { key: null })).status).toBe(200)
})

test('guessing keys is limited by network address', async () => {
  const server = await startServer({ FANFARE_PUBLIC_RATE: '1' })
  servers.push(server)
  const guesses = await Promise.all(
    Array.from({ length: 8 }, (_, n) => server.call('GET', '/v1/keys', { key: `ff_${n}` })),
  )
  const statuses = guesses.map((guess) => guess.status)
  expect(statuses).toContain(401)
  expect(statuses).toContain(429)
  expect((await server.call('GET', '/v1/keys')).status).toBe(200)
})
