import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKey } from '../../db/api-keys.ts'
import { tellLive } from '../../db/live.ts'
import { listen } from './listen.ts'
import { startServer } from './start-server.ts'
import type { TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => void (server = await startServer()))
afterAll(() => server.close())

const tell = (workspace: number, topic: string, data: unknown) =>
  server.db.inWorkspace(workspace, (tx) => tellLive(tx, { workspace, topic, data }))

test('clients hear of their own workspace, after the commit, and of no other', async () => {
  const [row] = await server.db.outside((tx) =>
    tx.rows<{ id: number }>(`insert into workspace (key, name) values ('other', 'Other') returning id`),
  )
  const other = row!.id
  const theirs = await server.db.inWorkspace(other, (tx) =>
    createKey(tx, other, { name: 'Other', scopes: ['*'] }),
  )
  const here = await listen(server, server.key)
  const there = await listen(server, theirs.key)
  expect(here.response.headers.get('content-type')).toContain('text/event-stream')
  await Promise.all([here.until('event: sync'), there.until('event: sync')])

  await tell(server.workspace, 'flow', { id: 'flw_1' })
  await tell(other, 'flow', { id: 'flw_2' })
  await tell(server.workspace, 'last', {})
  const heard = await here.until('event: last')
  expect(heard).toContain('event: flow\ndata: {"id":"flw_1"}\n\n')
  expect(heard).not.toContain('flw_2')
  expect(await there.until('flw_2')).not.toContain('flw_1')
  await Promise.all([here.end(), there.end()])
})

test('after the database connection was lost, clients are told to look afresh', async () => {
  const here = await listen(server, server.key)
  await here.until('event: sync')
  const admin = new pg.Client({ connectionString: server.url })
  await admin.connect()
  await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen "live"'`)
  await admin.end()
  expect((await here.until('event: sync\ndata: {}\n\nevent: sync')).match(/event: sync/g)).toHaveLength(2)
  await here.end()
})
