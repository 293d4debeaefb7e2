import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { houseOn } from '../members/house.ts'
import { startServer } from './start-server.ts'
import type { TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  const attributes = { "it's": { '"': 1e308 }, list: [{ deep: 5e-324 }] }
  await server.call('PUT', '/v1/members', {
    body: [{ externalId: 'odd', attributes }, { externalId: 'plain' }],
  })
})
afterAll(() => server.close())

const preview = async (where: object) =>
  (await server.call('POST', '/v1/audiences/preview', { body: { where } })).body
const save = (key: string, where: object) =>
  server.call('PUT', `/v1/audiences/${key}`, { body: { name: key, where } })
const membersIn = (audience: object | string) => {
  const text = typeof audience === 'string' ? audience : JSON.stringify(audience)
  return server.call('GET', `/v1/members?audience=${encodeURIComponent(text)}`)
}

test('two audiences that are saved at one moment do not name each other in a circle', async () => {
  for (let n = 0; n < 5; n += 1) {
    const [one, other] = [`one-${n}`, `other-${n}`]
    const saved = await Promise.all([save(one, { inAudience: other }), save(other, { inAudience: one })])
    expect(saved.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 422])
  }
})

test('a circle that is stored all the same holds nobody, and everything goes on answering', async () => {
  const house = houseOn(server)
  for (const [key, other] of Object.entries({ left: 'right', right: 'left' })) {
    const where = JSON.stringify({ not: { inAudience: other } })
    const sql = `insert into audience (workspace, key, name, "where") values ($1, $2, $2, $3)`
    await house.rows(sql, [house.workspace, key, where])
  }
  expect((await server.call('GET', '/v1/audiences/left')).body.count).toBe(0)
  expect((await membersIn('left')).body.items).toEqual([])
  expect(await preview({ inAudience: 'right' })).toEqual({ count: 0, sample: [] })
  expect((await preview({ not: { inAudience: 'right' } })).count).toBe(2)
  expect((await server.call('GET', '/v1/audiences/right/why?member=odd')).body).toMatchObject({
    in: false,
    why: [{ says: expect.stringContaining('lead back to themselves') }],
  })
  expect(await save('left', { all: [] })).toMatchObject({ status: 200, body: { count: 2 } })
  expect((await server.call('GET', '/v1/audiences/right')).body.count).toBe(0)
})

test('an audience of 390 questions of every kind is counted', async () => {
  const kinds = [
    { field: 'member.tier', op: 'in', value: Array.from({ length: 100 }, (_, n) => `t-${n}`) },
    { event: 'Won', count: { op: '>=', n: 3 }, within: 'P7D', where: { field: 'event.prize', op: 'exists' } },
    { consent: { topic: 'prizes', channel: 'email', state: 'granted' } },
    { field: 'member.email', op: 'endsWith', value: '@members.example' },
    { reachable: 'sms' },
  ]
  const questions = Array.from({ length: 325 }, (_, n) => kinds[n % kinds.length])
  const where = { any: questions }
  expect(await preview(where)).toEqual({ count: 0, sample: [] })
  expect(await preview({ all: questions })).toEqual({ count: 0, sample: [] })
  expect((await preview({ not: where })).count).toBe(2)
})

test('quotes in paths and numbers at the ends of what a number can be are like any other', async () => {
  const huge = { field: `member.it's."`, op: 'eq', value: 1e308 }
  const tiny = { field: 'member.list.0.deep', op: 'between', value: [5e-324, 1e-323] }
  expect(await preview({ all: [huge, tiny] })).toEqual({ count: 1, sample: ['odd'] })
  expect((await membersIn({ all: [huge, tiny] })).body.items).toHaveLength(1)
  for (const op of ['gt', 'lt'])
    expect((await preview({ ...huge, op, value: -1e308 })).count).toBe(op === 'gt' ? 1 : 0)
})

test('text that no column can hold is refused before it is looked for', async () => {
  const where = { field: 'member.a\0b', op: 'eq', value: 'c' }
  const refused = await server.call('POST', '/v1/audiences/preview', { body: { where } })
  expect(refused).toMatchObject({
    status: 422,
    body: { issues: [{ path: 'where.field', code: 'bad-text' }] },
  })
  for (const value of ['a\0', '\ud800']) {
    const answer = await membersIn({ field: 'member.a', op: 'lt', value })
    expect(answer.status).toBe(422)
    expect(answer.body.issues).toMatchObject([{ path: 'audience', code: 'invalid-condition' }])
  }
})

test('a count that takes too long is given up, and says what to do', async () => {
  await save('slow', { field: 'member.tier', op: 'eq', value: 'gold' })
  const owner = new pg.Client({ connectionString: server.url })
  await owner.connect()
  try {
    await owner.query('begin; lock table member in access exclusive mode')
    const [one, all, previewed, found] = await Promise.all([
      server.call('GET', '/v1/audiences/slow'),
      server.call('GET', '/v1/audiences'),
      preview({ all: [] }),
      membersIn({ all: [] }),
    ])
    const says = expect.stringContaining('Ask for fewer first')
    expect(one).toMatchObject({ status: 200, body: { count: null, uncounted: says } })
    expect(all.status).toBe(200)
    expect(all.body.items.every((each: { count: null }) => each.count === null)).toBe(true)
    expect(previewed).toEqual({ count: null, sample: [], uncounted: says })
    expect(found.body.issues).toMatchObject([{ path: 'audience', code: 'too-slow', message: says }])
  } finally {
    await owner.end()
  }
  expect((await server.call('GET', '/v1/audiences/slow')).body).toMatchObject({ count: 0 })
})

test('nobody is tried out while looking for them takes too long', async () => {
  const start = { kind: 'trigger', on: { launch: true }, exits: { next: null } }
  const settings = { purpose: 'transactional' }
  const document = { schema: 'fanfare.flow/1', name: 'Slow', settings, start: 'start', nodes: { start } }
  const { id } = (await server.call('POST', '/v1/flows', { body: document })).body
  const owner = new pg.Client({ connectionString: server.url })
  await owner.connect()
  try {
    await owner.query('begin; lock table member in access exclusive mode')
    const headers = { 'idempotency-key': 'slow' }
    const body = { audience: { all: [] } }
    const answers = await Promise.all([
      server.call('POST', `/v1/flows/${id}/test-run`, { headers, body }),
      server.call('POST', `/v1/flows/${id}/dry-run`, { body }),
    ])
    const problem = { type: 'urn:fanfare:problem:too-slow' }
    expect(answers).toMatchObject([
      { status: 422, body: problem },
      { status: 422, body: problem },
    ])
  } finally {
    await owner.end()
  }
})
