import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from './start-server.ts'
import type { TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => void (server = await startServer()))
afterAll(() => server.close())

const smtp = {
  transport: 'smtp',
  host: '127.0.0.1',
  port: 2525,
  user: 'ana',
  password: 'open sesame',
  from: { name: 'Shop', address: 'shop@example.com' },
}
const put = (body: object, channel = 'email') => server.call('PUT', `/v1/channels/${channel}`, { body })

test('a channel without a transport says so and how to set one up', async () => {
  const { body } = await server.call('GET', '/v1/channels')
  const voice = body.items.find((each: { channel: string }) => each.channel === 'voice')
  expect(voice).toMatchObject({ transport: null, ready: false, sentToday: 0 })
  expect(voice.problems[0]).toContain('PUT /v1/channels/voice')
  expect(body.items).toHaveLength(6)
})

test('secrets are stored sealed and shown as set or unset only', async () => {
  const answer = await put(smtp)
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({ transport: 'smtp', ready: true, problems: [] })
  expect(answer.body.secrets).toEqual({ password: 'set', 'dkim.privateKey': 'unset' })
  expect((await server.call('GET', '/v1/channels')).text).not.toContain('sesame')
  const [row] = await server.db.inWorkspace(server.workspace, (tx) =>
    tx.rows<{ row: string; secrets: Buffer }>(`select transport::text as row, secrets from transport`),
  )
  expect(row!.secrets.length).toBeGreaterThan(30)
  expect(row!.row + row!.secrets.toString('latin1')).not.toContain('sesame')
  const acts = await server.db.inWorkspace(server.workspace, (tx) => tx.rows(`select audit::text from audit`))
  expect(JSON.stringify(acts)).not.toContain('sesame')
})

test('a secret that is left out is kept for the same account, and forgotten for another server', async () => {
  await put(smtp)
  const { password: _, ...bare } = smtp
  const kept = await put({ ...bare, replyTo: 'help@example.com' })
  expect(kept.body.secrets.password).toBe('set')
  const moved = await put({ ...bare, host: 'mail.attacker.example' })
  expect(moved.body.secrets.password).toBe('unset')
  expect(moved.body).toMatchObject({ ready: false })
})

test('each transport names its own faults, all at once', async () => {
  const answer = await put({ transport: 'smtp', port: 'many', colour: 'red' })
  expect(answer.status).toBe(422)
  const issues = answer.body.issues.map(
    (issue: { path: string; code: string }) => `${issue.path} ${issue.code}`,
  )
  expect(issues.toSorted()).toEqual([
    'colour unknown-property',
    'from required',
    'host required',
    'port invalid-type',
  ])
})

test('a transport that cannot serve the channel is refused with those that can', async () => {
  const answer = await put(smtp, 'sms')
  expect(answer.status).toBe(422)
  expect(answer.body.issues).toMatchObject([{ path: 'transport', code: 'wrong-channel' }])
  expect(answer.body.issues[0].message).toContain('simulator')
})

test('a test send tells the real outcome', async () => {
  await put({ transport: 'simulator' }, 'sms')
  const answer = await server.call('POST', '/v1/channels/sms/test', { body: { to: '+34600000001' } })
  expect(answer).toMatchObject({ status: 200, body: { outcome: 'accepted' } })
  expect((await server.call('POST', '/v1/channels/push/test', { body: { to: 'x' } })).status).toBe(404)
})

test('the switch and the allow list hold for test sends, too', async () => {
  await put({ transport: 'simulator' }, 'sms')
  const { body: settings } = await server.call('GET', '/v1/settings')
  const change = (body: object, revision: number) =>
    server.call('PUT', '/v1/settings', { body, headers: { 'if-match': String(revision) } })
  await change({ allowList: ['+34600000009'] }, settings.revision)
  const beyond = await server.call('POST', '/v1/channels/sms/test', { body: { to: '+34600000001' } })
  expect(beyond).toMatchObject({ status: 409, body: { type: 'urn:fanfare:problem:not-on-allow-list' } })
  await change({ allowList: null, sending: false }, settings.revision + 1)
  const stopped = await server.call('POST', '/v1/channels/sms/test', { body: { to: '+34600000009' } })
  expect(stopped).toMatchObject({ status: 409, body: { type: 'urn:fanfare:problem:sending-stopped' } })
})

test('an unknown channel is 404', async () => {
  expect((await put(smtp, 'pigeon')).status).toBe(404)
})
