import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../server/start-server.ts'

let server: TestServer
beforeAll(async () => void (server = await startServer()))
afterAll(() => server.close())

test('steps and exits that nobody came to yet are counted as 0, a draft has none', async () => {
  const nodes = {
    won: { kind: 'trigger', on: { event: 'Won' }, exits: { next: 'gold' } },
    gold: { kind: 'condition', if: { field: 'member.tier', op: 'exists' }, exits: { yes: null, no: null } },
  }
  const settings = { purpose: 'transactional' }
  const document = { schema: 'fanfare.flow/1', name: 'Won', settings, start: 'won', nodes }
  const { id } = (await server.call('POST', '/v1/flows', { body: document })).body
  const nobody = { enrolled: 0, active: 0, resting: 0, ended: 0 }
  const path = `/v1/flows/${id}/stats`
  expect((await server.call('GET', path)).body).toEqual({ ...nobody, nodes: {} })
  await server.call('POST', `/v1/flows/${id}/publish`, { body: {} })
  const none = { entered: 0, resting: 0, left: 0, failed: 0 }
  expect((await server.call('GET', path)).body).toEqual({
    ...nobody,
    nodes: { won: { ...none, exits: { next: 0 } }, gold: { ...none, exits: { yes: 0, no: 0 } } },
  })
})
