import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from './start-server.ts'
import type { TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => void (server = await startServer()))
afterAll(() => server.close())

test('a new key is shown once, works within its scopes, and stops when it is revoked', async () => {
  const made = await server.call('POST', '/v1/keys', { body: { name: 'Shop', scopes: ['keys:read'] } })
  expect(made.status).toBe(201)
  const { key, id } = made.body
  expect((await server.call('GET', '/v1/keys', { key })).status).toBe(200)
  const refused = await server.call('POST', '/v1/keys', {
    key,
    body: { name: 'More', scopes: ['keys:read'] },
  })
  expect(refused.status).toBe(403)
  expect(refused.body).toMatchObject({ type: 'urn:fanfare:problem:forbidden', status: 403 })

  const listed = await server.call('GET', '/v1/keys')
  expect(listed.text).not.toContain(key)
  expect(listed.body.items[0]).toMatchObject({ id, name: 'Shop', scopes: ['keys:read'], revokedAt: null })

  expect((await server.call('DELETE', `/v1/keys/${id}`)).body.revokedAt).not.toBeNull()
  await expect
    .poll(async () => (await server.call('GET', '/v1/keys', { key })).status, { timeout: 10_000 })
    .toBe(401)
})

test('who made and who revoked a key is written down', async () => {
  const { body } = await server.call('POST', '/v1/keys', { body: { name: 'Audited', scopes: ['keys:read'] } })
  await server.call('DELETE', `/v1/keys/${body.id}`)
  const acts = await server.db.inWorkspace(server.workspace, (tx) =>
    tx.rows(`select actor, action from audit where subject = $1 order by id`, [body.id]),
  )
  expect(acts).toEqual([
    { actor: 'First key', action: 'key.create' },
    { actor: 'First key', action: 'key.revoke' },
  ])
})

test('a key cannot give scopes that it lacks', async () => {
  const made = await server.call('POST', '/v1/keys', { body: { name: 'Keys only', scopes: ['keys:*'] } })
  const greedy = { name: 'All', scopes: ['*', 'keys:write'] }
  const refused = await server.call('POST', '/v1/keys', { key: made.body.key, body: greedy })
  expect(refused.status).toBe(403)
  expect(refused.body.detail).toContain('lacks *')
})

test('lists come in pages of the size that was asked for, newest first', async () => {
  for (const name of ['one', 'two', 'three']) {
    await server.call('POST', '/v1/keys', { body: { name, scopes: ['*'] } })
  }
  const first = await server.call('GET', '/v1/keys?limit=2')
  expect(first.body.items.map((each: { name: string }) => each.name)).toEqual(['three', 'two'])
  const second = await server.call('GET', `/v1/keys?limit=1&cursor=${first.body.next}`)
  expect(second.body.items[0].name).toBe('one')
  const wrong = await server.call('GET', '/v1/keys?cursor=never&limit=501')
  expect(wrong.status).toBe(422)
  expect(wrong.body.issues.map((issue: { path: string; code: string }) => [issue.path, issue.code])).toEqual([
    ['cursor', 'unknown-cursor'],
    ['limit', 'too-big'],
  ])
})
