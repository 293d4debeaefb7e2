import { afterAll, beforeAll, expect, test } from 'vitest'
import { enterLaunchPage } from '../../db/launch-page.ts'
import { openMemory } from '../../db/memory.ts'
import { decodeId } from '../../db/ids.ts'
import { openNews } from '../../server/worker/news.ts'
import { drawing, waitFor } from '../engine/drawing.ts'
import { listen } from './listen.ts'
import { startServer, type Answer, type TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  const members = ['ana', 'bob', 'eve'].map((externalId) => ({ externalId, attributes: { tier: 'gold' } }))
  await server.call('PUT', '/v1/members', { body: members })
})
afterAll(() => server.close())

const GOLD = { field: 'member.tier', op: 'eq', value: 'gold' }

async function live(): Promise<string> {
  const settings = { purpose: 'transactional', topic: undefined, reentry: { policy: 'every' } }
  const body = drawing({ pause: waitFor('P1D') }, { on: { launch: true }, settings })
  const { id } = (await server.call('POST', '/v1/flows', { body })).body
  await server.call('POST', `/v1/flows/${id}/publish`, { body: {} })
  return id
}

let keys = 0
const launch = (flow: string, body: object, key = `key-${++keys}`): Promise<Answer> =>
  server.call('POST', `/v1/flows/${flow}/launch`, { body, headers: { 'idempotency-key': key } })

async function begun(body: object = { audience: GOLD }): Promise<string> {
  return (await launch(await live(), body)).body.launch
}

const act = (id: string, verb: string, body?: object): Promise<Answer> =>
  server.call(verb === 'rate' ? 'PUT' : 'POST', `/v1/launches/${id}/${verb}`, body && { body })

/** What the launch's workflow does once. */
const page = (id: string) =>
  server.db.inWorkspace(server.workspace, (tx) =>
    enterLaunchPage(tx, openMemory(), decodeId('launch', id) ?? 0),
  )

const audited = async (id: string) => {
  const rows = await server.db.inWorkspace(server.workspace, (tx) =>
    tx.rows<{ action: string; before: unknown; after: unknown }>(
      'select action, before, after from audit where subject = $1 order by id',
      [id],
    ),
  )
  return rows
}

test('a launch is paused, given a rate, resumed and cancelled, and each act is written down once', async () => {
  const id = await begun()
  expect(await act(id, 'pause')).toMatchObject({ status: 200, body: { id, state: 'paused' } })
  expect(await act(id, 'pause')).toMatchObject({ status: 200, body: { state: 'paused' } })
  expect((await act(id, 'rate', { rate: { perSecond: 2 } })).body.rate).toEqual({ perMinute: 120 })
  expect((await act(id, 'rate', { rate: null })).body.rate).toBeNull()
  expect(await act(id, 'resume')).toMatchObject({ body: { state: 'running', reason: null } })
  expect(await act(id, 'cancel', { inside: 'exit' })).toMatchObject({
    body: {
      state: 'cancelled',
      reason: 'Cancelled: nobody more enters, and those inside were taken out.',
      secondsLeft: null,
    },
  })
  expect(await act(id, 'cancel', { inside: 'exit' })).toMatchObject({ status: 200 })
  expect(await audited(id)).toMatchObject([
    { action: 'launch.pause', before: { state: 'running' }, after: { state: 'paused' } },
    { action: 'launch.rate', after: { perMinute: 120 } },
    { action: 'launch.rate', after: { perMinute: null } },
    { action: 'launch.resume', after: { state: 'running' } },
    { action: 'launch.cancel', after: { state: 'cancelled', inside: 'exit' } },
  ])
})

test('a double click launches once: the same key at the same moment is one launch', async () => {
  const flow = await live()
  const answers = await Promise.all([1, 2, 3, 4].map(() => launch(flow, { audience: GOLD }, 'clicked')))
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
  expect((await server.call('GET', `/v1/flows/${flow}/launches`)).body.items).toHaveLength(1)
})

test('an act that comes too late is refused, and says why', async () => {
  const id = await begun()
  while (!(await page(id)).over);
  for (const [verb, body] of [['pause'], ['resume'], ['cancel'], ['rate', { rate: null }]] as const) {
    const answer = await act(id, verb, body)
    expect(answer).toMatchObject({ status: 409, body: { type: 'urn:fanfare:problem:launch-over' } })
    expect(answer.body.detail).toContain('this one is done: everybody has entered.')
  }
})

test.each([
  [{ perMinute: 0 }],
  [{ perMinute: 600_001 }],
  [{ perSecond: 10_001 }],
  [{ perSecond: 1.5 }],
  [{ perMinute: 10, perSecond: 1 }],
  [{}],
  [60],
])('a rate of %j is refused by its place', async (rate) => {
  const { status, body } = await launch(await live(), { audience: GOLD, rate })
  expect(status).toBe(422)
  expect(body.issues[0].path).toMatch(/^rate/)
})

test('launches of all flows are listed, newest first, by state and by page', async () => {
  const [older, newer] = [await begun(), await begun({ members: ['ana'], rate: { perMinute: 5 } })]
  await act(older, 'pause')
  const ids = async (query: string) => {
    const { body } = await server.call('GET', `/v1/launches?${query}`)
    return body.items.map((one: { id: string }) => one.id)
  }
  const { body } = await server.call('GET', '/v1/launches?limit=1')
  expect(body.items).toMatchObject([{ id: newer, rate: { perMinute: 5 }, total: null }])
  expect(await ids(`limit=1&cursor=${body.next}`)).toEqual([older])
  expect(await ids('state=paused')).toEqual([older])
  expect((await server.call('GET', '/v1/launches?state=asleep')).status).toBe(422)
})

test('open screens are told how far a launch has come, and of each act', async () => {
  const id = await begun()
  const stream = await listen(server, server.key)
  await stream.until('event: sync')
  await page(id)
  const news = openNews(server.db)
  news.progressed(server.workspace, decodeId('launch', id) ?? 0)
  await news.close()
  const heard = await stream.until('event: launches\ndata: {"launches":[{"id"')
  const told = JSON.parse(/event: launches\ndata: (.+)/.exec(heard)?.[1] ?? '{}')
  expect(told.launches).toEqual([
    {
      id,
      flow: expect.any(String),
      state: 'done',
      total: 3,
      counts: { lookedAt: 3, entered: 3, refused: {} },
      perSecond: 0,
      secondsLeft: null,
    },
  ])
  const other = await begun()
  await act(other, 'pause')
  expect(await stream.until(`"id":"${other}"`)).toContain('"state":"paused"')
  await stream.end()
})
