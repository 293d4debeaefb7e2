import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../server/start-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  await server.call('PUT', '/v1/channels/email', { body: { transport: 'simulator' } })
  await server.call('PUT', '/v1/members', { body: { externalId: 'ana', email: 'ana@x.example' } })
  const content = { email: { en: { subject: 'Your code is {{ code }}', html: '<p>Here it is</p>' } } }
  const body = { name: 'Code', active: true, defaultLocale: 'en', content }
  await server.call('PUT', '/v1/templates/code', { body })
})
afterAll(() => server.close())

const asked = { member: 'ana', template: 'code', data: { code: '4711' }, purpose: 'transactional' }
const post = (change: object, key: string) =>
  server.call('POST', '/v1/messages', { body: { ...asked, ...change }, headers: { 'idempotency-key': key } })

test('one message is taken over at once', async () => {
  const answer = await post({}, 'first')
  expect([answer.status, answer.body]).toEqual([202, { enrollment: expect.stringMatching(/^enr_/) }])
})

test('twins under one key are one message, with one answer', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => post({}, 'twins')))
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
  expect(answers[0]?.status).toBe(202)
})

test('what is wrong with the send is told at its place in the request', async () => {
  const wrong: [object, string][] = [
    [{ template: 'nope' }, 'template template-unknown'],
    [{ route: { strategy: 'fixed' } }, 'route.channels fixed-order'],
    [{ route: { strategy: 'different', differentFrom: 'x' } }, 'route.differentFrom different-from'],
    [{ route: { strategy: 'preferred', colour: 'red' } }, 'route.colour unknown-property'],
    [{ purpose: 'marketing' }, 'purpose invalid-value'],
  ]
  for (const [change, place] of wrong) {
    const { status, body } = await post(change, 'wrong')
    const told = body.issues.map(({ path, code }: { path: string; code: string }) => `${path} ${code}`)
    expect([status, ...told]).toEqual([422, place])
  }
})

test('a member nobody knows is 404, and the key is free again', async () => {
  expect((await post({ member: 'nobody' }, 'again')).status).toBe(404)
  expect((await post({}, 'again')).status).toBe(202)
})
