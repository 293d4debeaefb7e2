import { afterAll, beforeAll, expect, test } from 'vitest'
import { enterLaunchPage } from '../../db/launch-page.ts'
import { openLaunches } from '../../db/launches.ts'
import { openMemory } from '../../db/memory.ts'
import { drawing, waitFor } from '../engine/drawing.ts'
import { startServer, type TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  const members = ['ana', 'bob', 'eve'].map((externalId) => ({ externalId, attributes: { tier: 'gold' } }))
  await server.call('PUT', '/v1/members', { body: members })
  const where = { field: 'member.tier', op: 'eq', value: 'gold' }
  await server.call('PUT', '/v1/audiences/gold', { body: { name: 'Gold', where } })
})
afterAll(() => server.close())

async function draft(on: object = { launch: true }): Promise<string> {
  const nodes = { pause: waitFor('P1D') }
  const settings = { purpose: 'transactional', topic: undefined, reentry: { policy: 'every' } }
  const { body } = await server.call('POST', '/v1/flows', { body: drawing(nodes, { on, settings }) })
  return body.id
}

async function live(on?: object): Promise<string> {
  const flow = await draft(on)
  expect((await server.call('POST', `/v1/flows/${flow}/publish`, { body: {} })).status).toBe(201)
  return flow
}

let keys = 0
const launch = (flow: string, body: object, key = `key-${++keys}`) =>
  server.call('POST', `/v1/flows/${flow}/launch`, { body, headers: { 'idempotency-key': key } })
const get = async (path: string) => (await server.call('GET', path)).body

/** What the launch's workflow does. */
async function carryOut(): Promise<void> {
  const { db, workspace } = server
  const memory = openMemory()
  for (const id of await db.outside(openLaunches))
    while (!(await db.inWorkspace(workspace, (tx) => enterLaunchPage(tx, memory, id))).over);
}

test('a launch is answered at once, the same under the same key, and says how far it has come', async () => {
  const flow = await live()
  const first = await launch(flow, { audience: 'gold', data: { colour: 'red' } }, 'same')
  expect(first).toMatchObject({ status: 202, body: { launch: expect.stringMatching(/^lch_/) } })
  expect((await launch(flow, { audience: 'gold', data: { colour: 'red' } }, 'same')).body).toEqual(first.body)
  const path = `/v1/launches/${first.body.launch}`
  expect(await get(path)).toMatchObject({
    state: 'running',
    counts: { lookedAt: 0, entered: 0 },
    endedAt: null,
  })
  await carryOut()
  expect(await get(path)).toEqual({
    id: first.body.launch,
    flow,
    state: 'done',
    reason: null,
    audience: 'gold',
    scheduledAt: null,
    author: expect.any(String),
    rate: null,
    total: 3,
    perSecond: 0,
    secondsLeft: null,
    counts: { lookedAt: 3, entered: 3, refused: {} },
    startedAt: expect.any(String),
    endedAt: expect.any(String),
  })
  expect((await get(`/v1/flows/${flow}/stats`)).enrolled).toBe(3)
})

test('members by name, named twice or not, enter once; a second launch refuses them with the reason', async () => {
  const flow = await live({ event: 'Won' })
  await launch(flow, { members: ['ana', 'bob', 'ana'] })
  await carryOut()
  const second = await launch(flow, { members: ['ana', 'eve'] })
  await carryOut()
  expect((await get(`/v1/launches/${second.body.launch}`)).counts).toEqual({
    lookedAt: 2,
    entered: 1,
    refused: { inside: 1 },
  })
  const page = await get(`/v1/flows/${flow}/launches?limit=1`)
  expect(page.items.map((one: { id: string }) => one.id)).toEqual([second.body.launch])
  expect((await get(`/v1/flows/${flow}/launches?cursor=${page.next}`)).items).toHaveLength(1)
  const { enrollments } = await get(`/v1/flows/${flow}/why?member=ana`)
  const told = enrollments[0].steps.map((step: { why: string }) => step.why)
  expect(told).toContain(
    'Not entered: already inside this flow, and it does not allow entering twice at once.',
  )
})

test.each([
  ['neither an audience nor members', {}, [['audience', 'members-or-audience']]],
  ['both', { audience: 'gold', members: ['ana'] }, [['audience', 'members-or-audience']]],
  ['an audience nobody saved', { audience: 'silver' }, [['audience', 'unknown-audience']]],
  [
    'members nobody knows',
    { members: ['ana', 'x', 'y'] },
    [
      ['members[1]', 'unknown-member'],
      ['members[2]', 'unknown-member'],
    ],
  ],
  [
    'a question about a journey',
    { audience: { message: { status: 'read' } } },
    [['audience', 'needs-a-journey']],
  ],
])('a launch of %s is refused by its place', async (_, body, expected) => {
  const { status, body: problem } = await launch(await live(), body)
  expect(status).toBe(422)
  expect(problem.issues.map((issue: { path: string; code: string }) => [issue.path, issue.code])).toEqual(
    expected,
  )
})

test('a draft and a stopped flow cannot be launched', async () => {
  expect((await launch(await draft(), { audience: 'gold' })).status).toBe(409)
  const flow = await live()
  await server.call('POST', `/v1/flows/${flow}/stop`, { body: { inside: 'finish' } })
  const { status, body } = await launch(flow, { audience: 'gold' })
  expect([status, body.detail]).toEqual([
    409,
    'Only a live flow can be launched; this one is stopped. Publish it first.',
  ])
})

test('a flow with a schedule shows its next runs, on its zone’s clock, until it is stopped', async () => {
  const schedule = { cron: '0 9 * * 1', timeZone: 'Europe/Madrid' }
  const flow = await live({ schedule, audience: 'gold' })
  const { nextRuns } = await get(`/v1/flows/${flow}`)
  expect(nextRuns).toHaveLength(3)
  for (const run of nextRuns) {
    const shown = new Date(run).toLocaleString('en-GB', {
      timeZone: 'Europe/Madrid',
      weekday: 'long',
      hour: '2-digit',
    })
    expect(shown).toMatch(/Monday.*09/)
  }
  await server.call('POST', `/v1/flows/${flow}/stop`, { body: { inside: 'finish' } })
  expect((await get(`/v1/flows/${flow}`)).nextRuns).toEqual([])
})
