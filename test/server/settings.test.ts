import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from './start-server.ts'
import type { TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => void (server = await startServer()))
afterAll(() => server.close())

const put = (body: object, revision: number | string) =>
  server.call('PUT', '/v1/settings', { body, headers: { 'if-match': String(revision) } })

test('settings have defaults, and a change replaces what it names and nothing else', async () => {
  const first = await server.call('GET', '/v1/settings')
  expect(first.body).toMatchObject({ timeZone: 'UTC', sending: true, quietHours: null, frequencyCaps: [] })
  const quietHours = { from: '21:00', to: '08:00' }
  const changed = await put({ quietHours, timeZone: 'Europe/Madrid' }, first.headers.get('etag')!)
  expect(changed.status).toBe(200)
  expect(changed.body).toEqual({
    ...first.body,
    quietHours,
    timeZone: 'Europe/Madrid',
    revision: first.body.revision + 1,
  })
  expect((await server.call('GET', '/v1/settings')).body).toEqual(changed.body)
})

test('of two changes to the same revision, one is stored and the other is 409', async () => {
  const { revision } = (await server.call('GET', '/v1/settings')).body
  const answers = await Promise.all([put({ locale: 'es' }, revision), put({ locale: 'fr' }, revision)])
  expect(answers.map((answer) => answer.status)).toEqual(expect.arrayContaining([200, 409]))
  const stored = (await server.call('GET', '/v1/settings')).body
  expect(stored).toEqual(answers.find((answer) => answer.status === 200)!.body)
})

test('what was read can be sent back', async () => {
  const { body } = await server.call('GET', '/v1/settings')
  expect((await put(body, body.revision)).status).toBe(200)
})

test('settings that cannot be are refused with every place', async () => {
  const answer = await put(
    { timeZone: 'Mars/Olympus', quietHours: { from: '25:00', to: '08:00' }, colour: 'red' },
    0,
  )
  expect(answer.status).toBe(422)
  expect(answer.body.issues.map((issue: { path: string }) => issue.path).toSorted()).toEqual([
    'colour',
    'quietHours.from',
    'timeZone',
  ])
})

test('what is kept is set in whole months; too few or too many are refused', async () => {
  const { body } = await server.call('GET', '/v1/settings')
  expect(body.retention).toEqual({ events: null, journeys: null, audit: null })
  const retention = { events: 13, journeys: 24, audit: null }
  expect((await put({ retention }, body.revision)).body.retention).toEqual(retention)
  const refused = await put({ retention: { events: 0, journeys: 1, audit: 121 } }, body.revision + 1)
  expect(refused.body.issues.map((issue: { path: string }) => issue.path).toSorted()).toEqual([
    'retention.audit',
    'retention.events',
    'retention.journeys',
  ])
})

test('a change is written down with who made it, and without the addresses of the allow list', async () => {
  const { revision } = (await server.call('GET', '/v1/settings')).body
  await put({ allowList: ['ana@members.example'] }, revision)
  const [act] = await server.db.inWorkspace(server.workspace, (tx) =>
    tx.rows<{ actor: string; after: object }>(`select actor, after from audit order by id desc limit 1`),
  )
  expect(act).toMatchObject({ actor: 'First key', after: { allowList: 1 } })
})
