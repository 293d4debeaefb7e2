import { afterAll, beforeAll, expect, test } from 'vitest'
import { once } from '../../db/idempotency.ts'
import type { Tx } from '../../db/pool.ts'
import { freshDatabase } from '../support/fresh-database.ts'
import type { FreshDatabase } from '../support/fresh-database.ts'

let database: FreshDatabase
beforeAll(async () => void (database = await freshDatabase()))
afterAll(() => database.close())

const asked = (key: string, request = 'body') => ({
  workspace: database.workspace,
  route: 'post /v1/things',
  key,
  request: Buffer.from(request),
})
const makeTopic = (key: string) => async (tx: Tx) => {
  await tx.rows(`insert into topic (workspace, key) values (current_setting('app.workspace')::int, $1)`, [
    key,
  ])
  return { status: 202, body: { topic: key, at: Math.random() } }
}
const topics = () =>
  database.db.inWorkspace(database.workspace, (tx) => tx.rows<{ key: string }>('select key from topic'))

test('the same request under the same key gets the same answer and happens once', async () => {
  const first = await once(database.db, asked('a'), makeTopic('a'))
  const second = await once(database.db, asked('a'), makeTopic('never'))
  expect(second).toEqual(first)
  expect(await topics()).toEqual([{ key: 'a' }])
})

test('another request under the same key is refused', async () => {
  await once(database.db, asked('b'), makeTopic('b'))
  await expect(once(database.db, asked('b', 'other'), makeTopic('never'))).rejects.toMatchObject({
    kind: 'invalid',
    issues: [{ code: 'idempotency-key-reused' }],
  })
})

test('twenty at the same moment get one answer', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => once(database.db, asked('c'), makeTopic('c'))),
  )
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
})

test('work that fails leaves no trace and frees the key', async () => {
  const fails = async (tx: Tx) => {
    await makeTopic('d')(tx)
    throw new Error('in the middle')
  }
  await expect(once(database.db, asked('d'), fails)).rejects.toThrow('in the middle')
  expect(await topics()).not.toContainEqual({ key: 'd' })
  expect((await once(database.db, asked('d'), makeTopic('d'))).status).toBe(202)
})

test('a connection that is cut in the middle leaves no trace and frees the key', async () => {
  const cut = async (tx: Tx) => {
    await makeTopic('e')(tx)
    await tx.rows('select pg_terminate_backend(pg_backend_pid())')
    return { status: 202, body: {} }
  }
  await expect(once(database.db, asked('e'), cut)).rejects.toThrow(/terminat/)
  expect((await once(database.db, asked('e'), makeTopic('e'))).status).toBe(202)
})

test('keys of one workspace mean nothing in another', async () => {
  const [other] = await database.db.outside((tx) =>
    tx.rows<{ id: number }>(`insert into workspace (key, name) values ('other', 'Other') returning id`),
  )
  const first = await once(database.db, asked('f'), makeTopic('f'))
  const elsewhere = await once(database.db, { ...asked('f'), workspace: other!.id }, makeTopic('f'))
  expect(elsewhere).not.toEqual(first)
})
