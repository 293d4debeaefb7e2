import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startServer, type Answer, type TestServer } from './start-server.ts'

const PATIENCE = { timeout: 20_000, interval: 20 }

let server: TestServer
let other: pg.Client
beforeAll(async () => {
  server = await startServer()
  other = new pg.Client({ connectionString: server.url })
  await other.connect()
  // PostgreSQL ends whoever looks for a deadlock first: never this connection.
  await other.query(`set deadlock_timeout = '60s'`)
  await other.query(`set app.workspace = '${server.workspace}'`)
  await server.call('PUT', '/v1/members', { body: [{ externalId: 'a' }, { externalId: 'b' }] })
})
afterAll(async () => {
  await other.end()
  await server.close()
})

const lock = (member: string) =>
  other.query('select 1 from member where external_id = $1 for update', [member])

async function somebodyWaits(): Promise<boolean> {
  const { rows } = await other.query(
    `select 1 from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()`,
  )
  return rows.length > 0
}

async function deadlocks(): Promise<number> {
  await server.call('GET', '/v1/members') // a connection tells what it counted when it is used again
  const { rows } = await other.query(
    'select deadlocks from pg_stat_database where datname = current_database()',
  )
  return Number(rows[0].deadlocks)
}

test.each<[string, () => Promise<Answer>, number]>([
  [
    'an event',
    () => {
      const events = ['a', 'b'].map((member) => ({ id: `met-${member}`, type: 'Met', member }))
      return server.call('POST', '/v1/events', { body: events })
    },
    202,
  ],
  [
    'a change of members',
    () =>
      server.call('PUT', '/v1/members', {
        body: ['a', 'b'].map((externalId) => ({ externalId, locale: 'en' })),
      }),
    200,
  ],
])('%s that meets another in a deadlock is stored all the same', async (_, ask, status) => {
  const before = await deadlocks()
  await other.query('begin')
  await lock('b')
  const asked = ask()
  await vi.waitUntil(somebodyWaits, PATIENCE)
  await lock('a')
  await other.query('commit')
  expect((await asked).status).toBe(status)
  await vi.waitUntil(async () => (await deadlocks()) > before, PATIENCE)
})
