import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSecrets } from '../../db/secrets.ts'
import { startServer, type TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => void (server = await startServer()))
afterAll(() => server.close())

const VALUE = 'a value that nobody may see again'
const put = (name: string, value: string) => server.call('PUT', `/v1/secrets/${name}`, { body: { value } })

const FLOW = {
  schema: 'fanfare.flow/1',
  name: 'Tell the shop',
  settings: { purpose: 'transactional' },
  start: 'start',
  nodes: {
    start: { kind: 'trigger', on: { event: 'Bought' }, exits: { next: 'tell' } },
    tell: {
      kind: 'webhook',
      request: { url: 'https://shop.example/hook', method: 'POST', body: '{}', secret: 'shop' },
      exits: { next: null, failed: null },
    },
  },
}

const errorsOf = ({ problems }: { problems: { severity: string }[] }) =>
  problems.filter(({ severity }) => severity === 'error')

test('a stored secret is shown by its name and date alone, and no table holds it readable', async () => {
  expect(await put('partner', VALUE)).toMatchObject({ status: 200, body: { name: 'partner', flows: [] } })
  const { text, body } = await server.call('GET', '/v1/secrets')
  expect(body.items).toEqual([{ name: 'partner', setAt: expect.any(String), flows: [] }])
  const rows = await server.db.inWorkspace(server.workspace, (tx) =>
    tx.rows<{ secret: string; audit: string }>(
      `select (select encode(sealed, 'escape') from secret where name = 'partner') secret,
         (select string_agg(a::text, ' ') from audit a) audit`,
    ),
  )
  expect(`${text} ${JSON.stringify(rows)}`).not.toContain('nobody may see')
  expect(rows[0]?.audit).toContain('secret.put')
})

test('a new value under the same name replaces the old one', async () => {
  await put('turned', 'the first value')
  await put('turned', 'the second value')
  const secret = 'a secret of a test, thirty-two characters long'
  const of = { workspace: server.workspace, secret, names: ['turned', 'unknown'] }
  expect(await openSecrets(server.db, of)).toEqual(new Map([['turned', 'the second value']]))
  expect(await openSecrets(server.db, { ...of, secret: 'another, also thirty-two characters long' })).toEqual(
    new Map(),
  )
})

test('a flow that signs with a secret that is not there cannot be published; once it is stored, it can', async () => {
  const { body: flow } = await server.call('POST', '/v1/flows', { body: FLOW })
  expect(errorsOf(flow)).toMatchObject([{ code: 'no-secret', nodeId: 'tell' }])
  expect(await server.call('POST', `/v1/flows/${flow.id}/publish`, { body: {} })).toMatchObject({
    status: 422,
    body: { issues: [{ path: 'nodes.tell.request.secret', message: expect.stringContaining('*shop*') }] },
  })
  await put('shop', VALUE)
  expect((await server.call('POST', `/v1/flows/${flow.id}/publish`, { body: {} })).status).toBe(201)
  const { body } = await server.call('GET', '/v1/secrets')
  expect(body.items.find((one: { name: string }) => one.name === 'shop').flows).toEqual([flow.id])
})

test('a secret that a running flow signs with is not deleted, one that none does is', async () => {
  const kept = await server.call('DELETE', '/v1/secrets/shop')
  expect(kept).toMatchObject({ status: 409, body: { type: 'urn:fanfare:problem:secret-in-use' } })
  expect(kept.body.detail).toMatch(/^flw_\w+ signs with it/)
  await put('unused', VALUE)
  expect((await server.call('DELETE', '/v1/secrets/unused')).status).toBe(204)
  expect((await server.call('DELETE', '/v1/secrets/unused')).status).toBe(404)
})

test('a key in the writing of Standard Webhooks must be one, and is not repeated when it is not', async () => {
  const wrong = await put('partner', 'whsec_dG9vIHNob3J0')
  expect(wrong).toMatchObject({ status: 422, body: { issues: [{ path: 'value', code: 'secret-key' }] } })
  expect(wrong.text).not.toContain('dG9vIHNob3J0')
  expect((await put('partner', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')).status).toBe(200)
})

test('a body whose Liquid cannot be read is told with its line before anybody is called', async () => {
  const { tell } = FLOW.nodes
  const request = { ...tell.request, secret: undefined, body: '{\n "name": {{ member.name | jsn }} }' }
  const nodes = { ...FLOW.nodes, tell: { ...tell, request } }
  const { body } = await server.call('POST', '/v1/flows', { body: { ...FLOW, nodes } })
  const message = expect.stringContaining('line 2')
  expect(errorsOf(body)).toMatchObject([{ code: 'liquid', path: 'nodes.tell.request.body', message }])
})
