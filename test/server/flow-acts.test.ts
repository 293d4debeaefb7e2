import { afterAll, beforeAll, expect, test } from 'vitest'
import { drawing, send, waitFor } from '../engine/drawing.ts'
import { openEngine, type TestEngine } from '../engine/open-engine.ts'
import { somebody } from '../engine/people.ts'
import { listen } from './listen.ts'
import { startServer, type Answer, type TestServer } from './start-server.ts'

let server: TestServer
let crew: TestEngine
let flows = 0
beforeAll(async () => {
  server = await startServer()
  crew = await openEngine(server.db, server.workspace)
  await server.call('PUT', '/v1/channels/email', { body: { transport: 'simulator' } })
  const content = { email: { en: { subject: 'News', html: '<p>News</p>' } } }
  await server.call('PUT', '/v1/templates/news', { body: { name: 'news', defaultLocale: 'en', content } })
})
afterAll(async () => {
  await crew.close()
  await server.close()
})

const STEPS = { pause: waitFor('PT3H'), mail: send('fixed', ['email']) }
const drawn = (steps: Parameters<typeof drawing>[0] = STEPS) =>
  drawing(steps, { on: { event: `Won${flows}` } })

const act = (id: string, verb: string, body: object = {}): Promise<Answer> =>
  server.call('POST', `/v1/flows/${id}/${verb}`, { body })
const redraw = async (id: string, steps: Parameters<typeof drawing>[0]): Promise<void> => {
  const { body } = await server.call('GET', `/v1/flows/${id}`)
  const headers = { 'if-match': String(body.revision) }
  await server.call('PUT', `/v1/flows/${id}/draft`, { body: drawn(steps), headers })
}

async function draft(): Promise<string> {
  flows += 1
  return (await server.call('POST', '/v1/flows', { body: drawn() })).body.id
}

/** A live flow with somebody who waits in it. */
async function live(): Promise<{ id: string; member: string }> {
  const id = await draft()
  expect((await act(id, 'publish')).status).toBe(201)
  return { id, member: await enter() }
}

async function enter(): Promise<string> {
  const member = somebody()
  await server.call('PUT', '/v1/members', { body: member })
  const event = { id: `${flows}-${member.externalId}`, type: `Won${flows}`, member: member.externalId }
  await server.call('POST', '/v1/events', { body: event })
  await crew.carryAll()
  return member.externalId
}

const inside = async (id: string) => (await server.call('GET', `/v1/flows/${id}/enrollments`)).body.items
const audited = (id: string) =>
  server.db.inWorkspace(server.workspace, (tx) =>
    tx.rows<{ action: string; after: unknown }>(
      'select action, after from audit where subject = $1 order by id',
      [id],
    ),
  )

test('a flow is paused and resumed, and answers how it is', async () => {
  const { id } = await live()
  const paused = await act(id, 'pause')
  expect(paused).toMatchObject({ status: 200, body: { id, state: 'paused', pausedAt: expect.any(String) } })
  const resumed = await act(id, 'resume', { clocks: 'shift' })
  expect(resumed).toMatchObject({ status: 200, body: { id, state: 'live', pausedAt: null } })
})

test('an act without settings needs no body, whatever the headers promise; one with settings names them', async () => {
  const { id } = await live()
  const bare = { headers: { 'content-type': 'application/json' } }
  expect((await server.call('POST', `/v1/flows/${id}/pause`, bare)).status).toBe(200)
  const { status, body } = await server.call('POST', `/v1/flows/${id}/resume`, bare)
  expect([status, body.issues[0].path]).toEqual([422, 'clocks'])
})

test('while a flow is paused nobody in it is promised an end; once resumed, the end that is left', async () => {
  const { id, member } = await live()
  const [before] = await inside(id)
  await act(id, 'pause')
  expect(await inside(id)).toMatchObject([
    { node: 'pause', state: 'resting', dueAt: null, reason: 'Resting: the flow is paused.' },
  ])
  const why = await server.call('GET', `/v1/flows/${id}/why?member=${member}`)
  expect(why.body.enrollments).toMatchObject([{ dueAt: null, reason: 'Resting: the flow is paused.' }])
  await crew.letTimePass(3_600_000)
  await act(id, 'resume', { clocks: 'shift' })
  const [after] = await inside(id)
  expect(after.reason).toMatch(/^Resting until /)
  // An hour of the clocks of the test has gone by, and as much was put off: only what the test itself took is added.
  expect(Date.parse(after.dueAt)).toBeGreaterThanOrEqual(Date.parse(before.dueAt))
  expect(Date.parse(after.dueAt)).toBeLessThan(Date.parse(before.dueAt) + 3_600_000)
})

test.each([
  ['pause', {}, 'draft', 'flow-not-live'],
  ['resume', { clocks: 'shift' }, 'live', 'flow-not-paused'],
  ['resume', { clocks: 'shift' }, 'draft', 'flow-not-paused'],
  ['stop', { inside: 'finish' }, 'draft', 'flow-not-live'],
])('to %s (%o) a flow that is %s is 409', async (...[verb, body, state, code]) => {
  const id = state === 'draft' ? await draft() : (await live()).id
  expect(await act(id, verb, body)).toMatchObject({
    status: 409,
    body: { type: `urn:fanfare:problem:${code}` },
  })
})

test('a flow is not paused twice, nor when it is stopped', async () => {
  const { id } = await live()
  await act(id, 'pause')
  expect(await act(id, 'pause')).toMatchObject({
    status: 409,
    body: { detail: 'Only a live flow can be paused; this one is paused.' },
  })
  await act(id, 'stop', { inside: 'exit' })
  expect((await act(id, 'pause')).status).toBe(409)
})

test('how to resume has to be said, with one of three words', async () => {
  const { id } = await live()
  await act(id, 'pause')
  expect((await act(id, 'resume')).status).toBe(422)
  expect((await act(id, 'resume', { clocks: 'later' })).status).toBe(422)
})

test('the preview tells where people stand and whether they would move; publishing moves those', async () => {
  const { id } = await live()
  await redraw(id, { pause: waitFor('PT1H'), mail: send('fixed', ['email']) })
  const preview = await server.call('GET', `/v1/flows/${id}/publish-preview`)
  expect(preview.body).toMatchObject({
    movable: 1,
    staying: 0,
    nodes: [{ version: 1, node: 'pause', resting: 1, active: 0, movable: true }],
  })
  expect((await act(id, 'publish', { inside: 'move' })).body).toEqual({ version: 2 })
  expect(await inside(id)).toMatchObject([{ version: 2, node: 'pause' }])
  expect((await audited(id)).at(-1)).toEqual({
    action: 'flow.publish',
    after: { version: 2, inside: 'move', moved: 1 },
  })
})

test('publishing keeps a paused flow paused, and makes a stopped one live', async () => {
  const { id } = await live()
  await act(id, 'pause')
  await act(id, 'publish')
  expect((await server.call('GET', `/v1/flows/${id}`)).body).toMatchObject({ state: 'paused', version: 2 })
  await act(id, 'stop', { inside: 'finish' })
  await act(id, 'publish')
  expect((await server.call('GET', `/v1/flows/${id}`)).body).toMatchObject({ state: 'live', version: 3 })
})

test('a flow can be drawn anew while it is paused; nothing of that is live before it is published', async () => {
  const { id } = await live()
  await act(id, 'pause')
  await redraw(id, { mail: send('fixed', ['email']) })
  await act(id, 'resume', { clocks: 'catch-up' })
  await enter()
  expect(await inside(id)).toMatchObject([
    { version: 1, node: 'pause' },
    { version: 1, node: 'pause' },
  ])
})

test('a publish that is refused leaves everything before it, and everybody, as it was', async () => {
  const { id } = await live()
  await redraw(id, {
    pause: waitFor('PT1H'),
    mail: { ...send('fixed', ['email']), template: 'no-such-template' },
  })
  expect((await act(id, 'publish', { inside: 'move' })).status).toBe(422)
  expect((await server.call('GET', `/v1/flows/${id}`)).body).toMatchObject({ state: 'live', version: 1 })
  expect(await inside(id)).toMatchObject([{ version: 1, node: 'pause' }])
})

test('of two who publish at once each makes a version of their own, and the last one is live', async () => {
  const { id } = await live()
  const answers = await Promise.all(
    ['move', 'finish', 'move', 'finish'].map((inside) => act(id, 'publish', { inside })),
  )
  expect(new Set(answers.map(({ body }) => body.version))).toEqual(new Set([2, 3, 4, 5]))
  expect((await server.call('GET', `/v1/flows/${id}`)).body).toMatchObject({ version: 5 })
})

test('of many who pause at once one does, and the others are told', async () => {
  const { id } = await live()
  const answers = await Promise.all(Array.from({ length: 8 }, () => act(id, 'pause')))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(7)
})

test('the audit log keeps each act with who did it, and how many were inside', async () => {
  const { id } = await live()
  await act(id, 'pause')
  await act(id, 'resume', { clocks: 'drop' })
  await act(id, 'stop', { inside: 'exit' })
  const people = { resting: 1, active: 0 }
  expect(await audited(id)).toEqual([
    { action: 'flow.publish', after: { version: 1, inside: 'finish', moved: 0 } },
    { action: 'flow.pause', after: { people } },
    { action: 'flow.resume', after: { clocks: 'drop', people } },
    { action: 'flow.stop', after: { inside: 'exit', people } },
  ])
})

test('open screens hear of each act', async () => {
  const { id } = await live()
  const screen = await listen(server, server.key)
  await screen.until('event: sync')
  await act(id, 'pause')
  expect(await screen.until(id)).toContain(`event: flows\ndata: {"flows":["${id}"]}`)
  await screen.end()
})

test('who may draw a flow may not pause, resume, stop or publish it', async () => {
  const { id } = await live()
  const scopes = ['flows:read', 'flows:write']
  const { key } = (await server.call('POST', '/v1/keys', { body: { name: 'Drawer', scopes } })).body
  for (const [verb, body] of [
    ['pause'],
    ['resume', { clocks: 'shift' }],
    ['stop', { inside: 'exit' }],
    ['publish', {}],
  ] as const)
    expect((await server.call('POST', `/v1/flows/${id}/${verb}`, { key, body: body ?? {} })).status).toBe(403)
  expect((await server.call('GET', `/v1/flows/${id}/publish-preview`, { key })).status).toBe(200)
})
