import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { drawing, waitFor } from '../engine/drawing.ts'
import { startServer, type Answer, type TestServer } from './start-server.ts'

const PATIENCE = { timeout: 20_000, interval: 20 }

let server: TestServer
let other: pg.Client
let flow: string
beforeAll(async () => {
  server = await startServer()
  other = new pg.Client({ connectionString: server.url })
  await other.connect()
  // PostgreSQL ends whoever looks for a deadlock first: never this connection.
  await other.query(`set deadlock_timeout = '60s'`)
  await other.query(`set app.workspace = '${server.workspace}'`)
  await server.call('PUT', '/v1/members', { body: [{ externalId: 'a' }, { externalId: 'b' }] })
  const draft = drawing({ rest: waitFor('P1D') }, { on: { launch: true } })
  flow = (await server.call('POST', '/v1/flows', { body: draft })).body.id
  await server.call('POST', `/v1/flows/${flow}/publish`, { body: {} })
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
  [
    'an import',
    () => {
      const headers = { 'content-type': 'text/csv' }
      return server.call('POST', '/v1/members/import', { raw: 'externalId,locale\na,de\nb,de', headers })
    },
    200,
  ],
  ['a test run', () => start('test-run', { members: ['a', 'b'] }), 202],
])('%s that meets another in a deadlock is stored all the same', async (_, ask, status) => {
  expect(await meet({ ask, held: () => lock('b'), wanted: () => lock('a') })).toBe(status)
})

test('an erasure that meets a launch for that member in a deadlock is done all the same', async () => {
  expect((await start('launch', { members: ['a'] })).status).toBe(202)
  const ask = () => server.call('DELETE', '/v1/members/a')
  const held = () => other.query('select 1 from launch for update')
  expect(await meet({ ask, held, wanted: () => lock('a') })).toBe(204)
})

interface Meeting {
  ask(): Promise<Answer>
  /** What the other has before, and what it wants while the first waits for that. */
  held(): Promise<unknown>
  wanted(): Promise<unknown>
}

/** Answers with what status what was asked ends, once the two have met. */
async function meet({ ask, held, wanted }: Meeting): Promise<number> {
  const before = await deadlocks()
  await other.query('begin')
  await held()
  const asked = ask()
  await vi.waitUntil(somebodyWaits, PATIENCE)
  await wanted()
  await other.query('commit')
  const { status } = await asked
  await vi.waitUntil(async () => (await deadlocks()) > before, PATIENCE)
  return status
}

/** What is done to the one flow of these tests. */
function start(what: 'launch' | 'test-run', body: object): Promise<Answer> {
  const headers = { 'idempotency-key': `the-${what}` }
  return server.call('POST', `/v1/flows/${flow}/${what}`, { body, headers })
}
