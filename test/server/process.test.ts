import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../support/fresh-database.ts'
import type { FreshDatabase } from '../support/fresh-database.ts'
import { temporalAddress } from '../support/temporal-address.ts'

let database: FreshDatabase
beforeAll(async () => void (database = await freshDatabase()))
afterAll(() => database.close())

const KEY = 'the-first-key-of-a-test-process'
const start = (variables: Record<string, string>) =>
  spawn(process.execPath, ['server/api.ts'], {
    env: {
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: temporalAddress(),
      FANFARE_SECRET: 'a secret of a test, thirty-two characters long',
      FANFARE_API_KEY: KEY,
      PORT: '0',
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })

test('SIGTERM ends it in order, and its log tells routes, never addresses, ids or keys', async () => {
  const api = start({})
  const lines: string[] = []
  const reader = createInterface(api.stdout)
  reader.on('line', (line) => lines.push(line))
  const said = async (word: string) => {
    while (!lines.some((line) => line.includes(word))) await once(reader, 'line')
    return JSON.parse(lines.find((line) => line.includes(word))!) as Record<string, unknown>
  }
  const { port } = await said('listening')
  const authorization = `Bearer ${KEY}`
  await fetch(`http://127.0.0.1:${String(port)}/v1/members/m-secret?hush=ana@members.example`, {
    headers: { authorization },
  })
  const line = await said('/v1/members/:externalId')
  expect(line).toMatchObject({
    method: 'GET',
    route: '/v1/members/:externalId',
    status: 422,
    ms: expect.any(Number),
  })
  api.kill('SIGTERM')
  expect(await once(api, 'exit')).toEqual([0, null])
  const log = lines.join('\n')
  for (const hidden of ['m-secret', 'ana@', 'hush', KEY]) expect(log).not.toContain(hidden)
  expect(log).toContain('closed')
})

test.for([
  [{ FANFARE_SECRET: '' }, /^FANFARE_SECRET is not set\. .*32 characters/],
  [{ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }, /^The database at DATABASE_URL does not answer\./],
  [{ HOST: '192.0.2.1' }, /^192\.0\.2\.1 is no address of this machine\. Set HOST/],
] as const)('a start that cannot be ends with one sentence: %o', async ([variables, sentence]) => {
  const api = start(variables)
  const [words, [status]] = await Promise.all([text(api.stderr), once(api, 'exit')])
  expect(status).toBe(1)
  expect(words).toMatch(sentence)
  expect(words.trim().split('\n')).toHaveLength(1)
})
