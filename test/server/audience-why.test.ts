import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from './start-server.ts'
import type { TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  const ana = { externalId: 'ana', email: 'ana@members.example', attributes: { tier: 'silver' } }
  const consents = [{ topic: 'prizes', channel: 'email', state: 'granted', source: 'form' }]
  const bob = { externalId: 'bob', email: 'bob@members.example', attributes: { tier: 'gold' }, consents }
  await server.call('PUT', '/v1/members', { body: [ana, bob] })
  await server.call('POST', '/v1/events', { body: { id: 'e-1', type: 'Won', member: 'ana' } })
  await save('gold', { field: 'member.tier', op: 'eq', value: 'gold' })
  await save('prize-mail', {
    all: [
      { inAudience: 'gold' },
      { consent: { topic: 'prizes', channel: 'email', state: 'granted' } },
      { not: { event: 'Won', count: { op: '>', n: 0 } } },
      { reachable: 'email' },
    ],
  })
})
afterAll(() => server.close())

const save = (key: string, where: object) =>
  server.call('PUT', `/v1/audiences/${key}`, { body: { name: key, where } })
const why = (key: string, member: string) => server.call('GET', `/v1/audiences/${key}/why?member=${member}`)

test('each question of an audience says what it found about a member, and which of them kept them out', async () => {
  const { body } = await why('prize-mail', 'ana')
  expect(body).toEqual({
    in: false,
    why: [
      told('all[0]', 'not in audience *gold* (tier was *silver*)', false, true),
      told('all[1]', 'consent for *prizes* by email was never given', false, true),
      told('all[2].not', '*Won* happened once', true, true),
      told('all[3]', 'reachable by email', true, false),
    ],
  })
})

test('a member who is in an audience is told by all that they answered', async () => {
  const { body } = await why('prize-mail', 'bob')
  expect(body.in).toBe(true)
  expect(body.why.map((one: { says: string }) => one.says)).toEqual([
    'in audience *gold* (tier was *gold*)',
    'consent for *prizes* by email was granted',
    '*Won* had not happened',
    'reachable by email',
  ])
})

test('why is asked of an audience and a member that exist', async () => {
  expect((await why('no-audience', 'ana')).status).toBe(404)
  expect((await why('gold', 'nobody')).status).toBe(404)
  expect((await server.call('GET', '/v1/audiences/gold/why')).body.issues).toMatchObject([{ path: 'member' }])
})

const told = (path: string, says: string, ...[truth, decisive]: [boolean, boolean]) => ({
  path,
  says,
  truth,
  decisive,
})
