import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { freshDatabase } from '../support/fresh-database.ts'
import { until } from './until.ts'

const { db, url, workspace, close } = await freshDatabase()
afterAll(close)

const admin = new pg.Client({ connectionString: url })
await admin.connect()
afterAll(() => admin.end())

/** Ends connections on the server's side, and waits until they are gone. */
const terminate = (where: string) =>
  admin.query(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and ${where}`,
  )

test('a connection that is ended between two statements fails its transaction alone', async () => {
  const pids: number[] = []
  const work = db.inWorkspace(workspace, async (tx) => {
    const [row] = await tx.rows<{ pid: number }>('select pg_backend_pid() pid')
    pids.push(row?.pid ?? 0)
    await terminate(`pid = ${row?.pid}`)
    await admin.query('select 1') // meanwhile the end of the other connection is heard
    await tx.rows('select 1')
  })
  await expect(work).rejects.toThrow(/connection|terminat/i)
  const after = await db.outside((tx) => tx.rows<{ pid: number }>('select pg_backend_pid() pid'))
  expect(pids).not.toContain(after[0]?.pid)
})

test('who listens when its connection ends listens again, and is told that there was a gap', async () => {
  const heard: string[] = []
  let gaps = 0
  const stop = await db.listen(
    'news',
    (payload) => heard.push(payload),
    () => (gaps += 1),
  )
  await terminate(`query = 'listen "news"'`)
  await db.outside((tx) => tx.rows(`select pg_notify('news', 'lost')`))
  await until(() => gaps === 1)
  await db.outside((tx) => tx.rows(`select pg_notify('news', 'heard')`))
  await until(() => heard.length === 1)
  expect(heard).toEqual(['heard'])
  await stop()
})
