import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKey } from '../../db/api-keys.ts'
import { encodeId } from '../../db/ids.ts'
import type { Tx } from '../../db/pool.ts'
import type { Route } from '../../server/http/route.ts'
import { ROUTES } from '../../server/routes/list.ts'
import { startServer } from './start-server.ts'
import type { TestServer } from './start-server.ts'

let server: TestServer
let theirs: Record<string, string>
beforeAll(async () => {
  server = await startServer()
  theirs = await furnish(server)
})
afterAll(() => server.close())

const example = (name: string): object =>
  JSON.parse(readFileSync(new URL(`../../examples/${name}`, import.meta.url), 'utf8'))

/** A body that each route takes, so that nothing but the workspace can refuse the call. */
const BODIES: Record<string, object> = {
  'put /v1/flows/:id/draft': example('winner-congrats.flow.json'),
  'post /v1/flows/:id/resume': { clocks: 'shift' },
  'post /v1/flows/:id/stop': { inside: 'finish' },
  'put /v1/launches/:id/rate': { rate: null },
  'put /v1/lists/:key/members': { members: ['m-theirs'] },
  'delete /v1/lists/:key/members': { members: ['m-theirs'] },
  'post /v1/messages/:id/resolve': { as: 'sent' },
  'post /v1/templates/:key/preview': { channel: 'sms' },
  'post /v1/simulator/messages/:id/reply': { text: 'Hello' },
}

/** Putting under a key makes a thing of one's own; that theirs stays as it is, the second test says. */
const PUTS = new Set(
  ['templates/:key', 'audiences/:key', 'lists/:key', 'secrets/:name'].map((path) => `put /v1/${path}`),
)
/** Channels and ready flows are the product's, not things of a workspace. */
const isTheirs = ({ path }: Route) => /^\/v1\/(?!gallery\/).*:(?!channel\b)/.test(path)
const named = ({ method, path }: Route) => `${method} ${path}`

const addressed = ROUTES.filter((route) => isTheirs(route) && !PUTS.has(named(route)))

test.for(addressed.map((route) => [named(route), route] as const))(
  '%s does not know the things of another workspace',
  async ([name, route]) => {
    const path = pathTo(route)
    const headers = { 'if-match': '1', 'idempotency-key': 'test' }
    const body = BODIES[name] ?? {}
    const file = { raw: '', headers: { ...headers, 'content-type': 'text/csv' } }
    const asked = route.streams ? file : { headers, body }
    const init = route.method === 'get' ? { headers } : asked
    const answer = await server.call(route.method.toUpperCase(), path, init)
    expect({ path, status: answer.status, issues: answer.body?.issues }).toEqual({
      path,
      status: 404,
      issues: undefined,
    })
  },
)

test('lists show nothing of another workspace, and writing under its keys leaves its things alone', async () => {
  for (const route of ROUTES.filter((each) => each.method === 'get' && /^\/v1\/[a-z/]+$/.test(each.path))) {
    if (route.path === '/v1/stream') continue
    const { text } = await server.call('GET', route.path)
    expect(text).not.toMatch(/Theirs|m-theirs|theirs-key/)
  }
  const mine = example('campaign_winner.template.json')
  expect((await server.call('PUT', '/v1/templates/theirs-key', { body: mine })).body.version).toBe(1)
  await server.call('PUT', '/v1/audiences/theirs-key', { body: { name: 'Mine', where: { all: [] } } })
  await server.call('PUT', '/v1/lists/theirs-key', { body: { name: 'Mine' } })
  await server.call('PUT', '/v1/secrets/theirs-key', { body: { value: 'Mine' } })
  await server.call('PUT', '/v1/members', { body: { externalId: 'm-theirs', attributes: { name: 'Mine' } } })
  const key = theirs['apiKey']!
  expect((await server.call('GET', '/v1/audiences/theirs-key', { key })).body.name).toBe('Theirs')
  expect((await server.call('GET', '/v1/members/m-theirs', { key })).body.attributes).toEqual({
    name: 'Theirs',
  })
})

test('their own key opens each of these things', async () => {
  for (const route of addressed.filter((each) => each.method === 'get')) {
    const { status } = await server.call('GET', pathTo(route), { key: theirs['apiKey']! })
    expect({ path: route.path, status }).toEqual({ path: route.path, status: 200 })
  }
})

function pathTo(route: Route): string {
  const noun = route.path
    .split('/')
    .find((part, at, all) => all[at + 1]?.startsWith(':') && !part.startsWith(':'))
  const path = route.path
    .replace(':n', '1')
    .replace(/:(id|key|name|externalId)/, theirs[noun!] ?? `no ${noun} in this test`)
  return path.endsWith('/why') ? `${path}?member=m-theirs` : path
}

/** Another workspace with one of everything; the answers are the ids at the edge, by the noun of the path. */
async function furnish({ db }: TestServer): Promise<Record<string, string>> {
  const [other] = await db.outside((tx) =>
    tx.rows<{ id: number }>(`insert into workspace (key, name) values ('other', 'Other') returning id`),
  )
  const workspace = other!.id
  return db.inWorkspace(workspace, async (tx) => {
    const insert = inserter(tx)
    const member = await insert('member', { external_id: 'm-theirs', attributes: { name: 'Theirs' } })
    const flow = await insert('flow', {
      name: 'Theirs',
      draft: example('winner-congrats.flow.json'),
      state: 'live',
    })
    const version = await insert('flow_version', {
      flow,
      number: 1,
      document: example('winner-congrats.flow.json'),
      plan: PLAN,
    })
    await tx.rows('update flow set version = $2 where id = $1', [flow, version])
    const place = { flow, version, member, node: 'congrats', period: '2026-11-01' }
    const enrollment = await insert('enrollment', { ...place, lane: 'urgent', state: 'resting', seq: 0 })
    const template = await insert('template', { key: 'theirs-key', name: 'Theirs', version: 1 })
    const body = example('campaign_winner.template.json')
    const version1 = await insert('template_version', { template, number: 1, body, facts: { content: {} } })
    const transport = await insert('transport', { channel: 'sms', kind: 'simulator' })
    const content = { template, template_version: version1, transport, channel: 'sms', locale: 'en' }
    const message = await insert('message', {
      ...place,
      ...content,
      enrollment,
      hop: 0,
      status: 'unknown',
      counted: true,
      vars: { now: 0, zone: 'UTC', values: {} },
    })
    const testRun = await insert('test_run', { flow, revision: 1, waits: 'PT5S', author: 'Theirs' })
    const launch = await insert('launch', { flow, author: 'Theirs', last: 0 })
    await insert('flow_version', { flow, test_run: testRun, document: {}, plan: PLAN })
    await tx.rows(`insert into secret (workspace, name, sealed) values ($1, 'theirs-key', 'sealed')`, [
      workspace,
    ])
    const imported = await insert('import', {
      kind: 'members',
      author: 'Theirs',
      file: 'Theirs',
      digest: 'none',
    })
    await insert('list', { key: 'theirs-key', name: 'Theirs' })
    await insert('audience', { key: 'theirs-key', name: 'Theirs', where: { all: [] } })
    const { key, row } = await createKey(tx, workspace, { name: 'Theirs', scopes: ['*'] })
    return {
      apiKey: key,
      members: 'm-theirs',
      flows: encodeId('flow', flow),
      'test-runs': encodeId('testRun', testRun),
      launches: encodeId('launch', launch),
      messages: encodeId('message', message),
      templates: 'theirs-key',
      audiences: 'theirs-key',
      lists: 'theirs-key',
      imports: encodeId('import', imported),
      secrets: 'theirs-key',
      keys: encodeId('key', row.id),
    }
  })
}

const PLAN = { irVersion: 1, start: 'won', nodes: {} }

/** Inserts a row into the transaction's workspace and answers its id. */
function inserter(tx: Tx) {
  return async (table: string, values: Record<string, unknown>): Promise<number> => {
    const names = Object.keys(values).map((name) => `"${name}"`)
    const [row] = await tx.rows<{ id: number }>(
      `insert into ${table} (workspace, ${names.join(', ')}) select current_setting('app.workspace')::int, ${names.join(', ')}
       from jsonb_populate_record(null::${table}, $1) returning id`,
      [JSON.stringify(values)],
    )
    return row!.id
  }
}
