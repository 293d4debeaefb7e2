import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type Answer, type TestServer } from './start-server.ts'

let server: TestServer
let flow: string
beforeAll(async () => {
  server = await startServer()
  await server.call('PUT', '/v1/channels/email', { body: { transport: 'simulator' } })
  await server.call('PUT', '/v1/members', { body: crowd(102) })
  const content = { email: { en: { subject: 'Hello', html: '<p>Hello</p>' } } }
  const body = { name: 'Hello', active: true, defaultLocale: 'en', content }
  await server.call('PUT', '/v1/templates/hello', { body })
  flow = (await server.call('POST', '/v1/flows', { body: drawing() })).body.id
})
afterAll(() => server.close())

/** `m-0`, `m-1`, … with their number as attribute. */
const crowd = (size: number) =>
  Array.from({ length: size }, (_, n) => ({ externalId: `m-${n}`, attributes: { n } }))

const drawing = (template = 'hello') => ({
  schema: 'fanfare.flow/1',
  name: 'Welcome',
  settings: { purpose: 'transactional' },
  start: 'joined',
  nodes: {
    joined: { kind: 'trigger', on: { event: 'Joined' }, exits: { next: 'wait' } },
    wait: { kind: 'wait', for: { duration: 'P3D' }, exits: { next: 'mail' } },
    mail: { kind: 'send', template, route: { strategy: 'preferred' }, exits: { next: null, failed: null } },
  },
})

let keys = 0
const start = (body: object, { id = flow, key = `key-${++keys}` } = {}): Promise<Answer> =>
  server.call('POST', `/v1/flows/${id}/test-run`, { body, headers: { 'idempotency-key': key } })
const get = async (path: string) => (await server.call('GET', path)).body
const issuesOf = ({ status, body }: Answer) => [status, ...(body.issues ?? [])]

test('a test run without an audience of testers says how to make one', async () => {
  const answer = await start({})
  expect(issuesOf(answer)).toEqual([
    422,
    {
      path: 'audience',
      code: 'unknown-audience',
      message:
        'There is no audience *Testers*. Save an audience of the people who try things out under that key, or name another audience or members.',
    },
  ])
})

test('the audience Testers is tried by itself, an audience or members when they are named', async () => {
  const where = { field: 'member.n', op: 'lt', value: 2 }
  await server.call('PUT', '/v1/audiences/Testers', { body: { name: 'Testers', where } })
  const wanted: [object, string[]][] = [
    [{}, ['m-0', 'm-1']],
    [{ audience: 'Testers' }, ['m-0', 'm-1']],
    [{ audience: { field: 'member.n', op: 'eq', value: 7 } }, ['m-7']],
    [{ members: ['m-9', 'm-3', 'm-9'] }, ['m-3', 'm-9']],
  ]
  for (const [body, members] of wanted) {
    const answer = await start(body)
    expect([answer.status, answer.body]).toEqual([202, { testRun: expect.stringMatching(/^tst_/) }])
    const told = await get(`/v1/test-runs/${answer.body.testRun}`)
    expect(told.members.map((one: { member: string }) => one.member).toSorted()).toEqual(members)
  }
})

test('a test run tells for each member where they are, why, and what was sent', async () => {
  const { testRun } = (await start({ members: ['m-1'], waits: 'PT1S' })).body
  expect(await get(`/v1/test-runs/${testRun}`)).toEqual({
    id: testRun,
    flow,
    revision: 1,
    waits: 'PT1S',
    startedBy: expect.any(String),
    startedAt: expect.any(String),
    state: 'running',
    counts: { members: 1, active: 1, resting: 0, ended: 0 },
    members: [
      expect.objectContaining({
        member: 'm-1',
        node: 'joined',
        state: 'active',
        version: null,
        test: true,
        steps: [],
        messages: [],
      }),
    ],
    next: null,
  })
  const [newest] = (await get(`/v1/flows/${flow}/test-runs`)).items
  expect(newest).toMatchObject({ id: testRun, waits: 'PT1S', state: 'running' })
})

test('members of a test run come page by page', async () => {
  const { testRun } = (await start({ members: ['m-1', 'm-2', 'm-3'] })).body
  const first = await get(`/v1/test-runs/${testRun}?limit=2`)
  const second = await get(`/v1/test-runs/${testRun}?limit=2&cursor=${first.next}`)
  expect([first.members.length, second.members.length, second.next]).toEqual([2, 1, null])
})

test('twins under one key are one test run', async () => {
  const answers = await Promise.all([1, 2, 3, 4].map(() => start({ members: ['m-5'] }, { key: 'twins' })))
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
})

test('a draft with errors is not tried: each is told at its place, and the key is free again', async () => {
  const { id } = (await server.call('POST', '/v1/flows', { body: drawing('nope') })).body
  const answer = await start({ members: ['m-1'] }, { id, key: 'mended' })
  expect(issuesOf(answer)).toEqual([
    422,
    expect.objectContaining({ path: 'nodes.mail.template', code: 'template-unknown' }),
  ])
  await server.call('PUT', `/v1/flows/${id}/draft`, { body: drawing(), headers: { 'if-match': '1' } })
  const again = await start({ members: ['m-1'] }, { id, key: 'mended' })
  expect(again.status).toBe(202)
  expect((await get(`/v1/test-runs/${again.body.testRun}`)).revision).toBe(2)
})

test('a test for nobody, for too many or for somebody unknown is refused, and says why', async () => {
  await server.call('PUT', '/v1/audiences/Nobody', { body: { name: 'Nobody', where: { any: [] } } })
  const wrong: [object, object][] = [
    [
      { audience: 'Nobody' },
      { path: 'audience', code: 'nobody', message: expect.stringContaining('Nobody is in *Nobody*.') },
    ],
    [
      { audience: { all: [] } },
      {
        path: 'audience',
        code: 'too-many-testers',
        message: expect.stringContaining('102 people are in this audience'),
      },
    ],
    [{ audience: 'Moon' }, { path: 'audience', code: 'unknown-audience' }],
    [{ audience: { field: 'journey.x', op: 'exists' } }, { path: 'audience', code: 'needs-a-journey' }],
    [{ members: ['m-1', 'm-moon'] }, { path: 'members[1]', code: 'unknown-member' }],
    [{ members: [] }, { path: 'members' }],
    [
      { members: ['m-1'], audience: 'Testers' },
      { path: 'audience', code: 'members-or-audience' },
    ],
    [
      { members: ['m-1'], waits: '5 seconds' },
      { path: 'waits', code: 'duration' },
    ],
  ]
  for (const [body, issue] of wrong) {
    expect([body, ...issuesOf(await start(body))]).toEqual([body, 422, expect.objectContaining(issue)])
  }
})

test('more members than an audience may have can be tried when they are named', async () => {
  const { testRun } = (await start({ members: crowd(102).map((one) => one.externalId) })).body
  expect((await get(`/v1/test-runs/${testRun}`)).counts.members).toBe(102)
})

test('a test is no version, no entry and no number of the flow; asked for, it is shown as a test', async () => {
  const { id } = (await server.call('POST', '/v1/flows', { body: drawing() })).body
  const before = await get(`/v1/flows/${id}`)
  await start({ members: ['m-1'], event: { data: { plan: 'pro' } } }, { id })
  expect(await get(`/v1/flows/${id}`)).toEqual(before)
  expect((await get(`/v1/flows/${id}/versions`)).items).toEqual([])
  expect((await get(`/v1/flows/${id}/enrollments`)).items).toEqual([])
  expect(await get(`/v1/flows/${id}/stats`)).toMatchObject({ enrolled: 0, active: 0, nodes: {} })
  const [tested] = (await get(`/v1/flows/${id}/enrollments?test=true`)).items
  expect(tested).toMatchObject({ member: 'm-1', version: null, test: true })
  const why = await get(`/v1/flows/${id}/why?member=m-1`)
  expect(why).toMatchObject({
    enrollments: [{ test: true }],
    notIn: 'Not in it: the flow was never published.',
  })
  const [line] = (await get('/v1/members/m-1/timeline')).items
  expect(line).toMatchObject({ kind: 'enrollment', version: null, test: true })
})
