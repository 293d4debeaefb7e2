import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from './start-server.ts'
import type { TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => void (server = await startServer()))
afterAll(() => server.close())

const email = (subject: string, html = '<p>Hello</p>') => ({
  name: 'Greeting',
  defaultLocale: 'en',
  content: { email: { en: { subject, html } } },
})
const put = (key: string, body: object) => server.call('PUT', `/v1/templates/${key}`, { body })

test('each PUT is a new version, and the newest is read', async () => {
  expect(await put('greeting', email('One'))).toMatchObject({
    status: 200,
    body: { key: 'greeting', version: 1 },
  })
  expect((await put('greeting', email('Two'))).body.version).toBe(2)
  const { body } = await server.call('GET', '/v1/templates/greeting')
  expect(body).toMatchObject({ key: 'greeting', version: 2, content: { email: { en: { subject: 'Two' } } } })
  const { items } = (await server.call('GET', '/v1/templates')).body
  expect(items).toMatchObject([{ key: 'greeting', version: 2, channels: ['email'], active: true }])
  expect((await server.call('GET', '/v1/templates/nothing')).status).toBe(404)
})

test('parallel PUTs get a version each', async () => {
  await put('race', email('Zero'))
  const answers = await Promise.all(Array.from({ length: 5 }, (_, n) => put('race', email(`Number ${n}`))))
  const versions = answers.map((answer) => answer.body.version)
  expect(new Set(versions)).toEqual(new Set([2, 3, 4, 5, 6]))
})

test('a Liquid fault is told with its line and column, and stores nothing', async () => {
  const answer = await put('faulty', email('Hello', '<p>\n  {{ member.name | shout }}\n</p>'))
  expect(answer.status).toBe(422)
  expect(answer.body.issues).toMatchObject([
    { path: 'content.email.en.html', code: 'liquid', line: 2, column: expect.any(Number) },
  ])
  expect((await server.call('GET', '/v1/templates/faulty')).status).toBe(404)
})

test('what the gate needs to know is stored beside the version', async () => {
  await put('prize', email('You won {{ prize.name }}', '<p>{{ member.nick | default: "friend" }}</p>'))
  const [row] = await server.db.inWorkspace(server.workspace, (tx) =>
    tx.rows<{ required: string[] }>(
      `select v.facts #> '{content,email,en,required}' as required from template t
       join template_version v on v.template = t.id and v.number = t.version where t.key = 'prize'`,
    ),
  )
  expect(row!.required).toEqual(['prize.name'])
})

test('a preview reads as it would for a member, or with given data', async () => {
  const example = new URL('../../examples/campaign_winner.template.json', import.meta.url)
  await put('campaign_winner', JSON.parse(readFileSync(example, 'utf8')))
  const data = { prize: { name: 'Bicycle', code: 'BIKE-77' } }
  const preview = (body: object) => server.call('POST', '/v1/templates/campaign_winner/preview', { body })
  const gaps = await preview({ channel: 'sms', data })
  expect(gaps.body.problems).toMatchObject([{ code: 'missing-variable', severity: 'warning' }])

  await server.db.inWorkspace(server.workspace, (tx) =>
    tx.rows(
      `insert into member (workspace, external_id, locale, attributes)
       values (current_setting('app.workspace')::int, 'm-1', 'es', '{"name":"Ana"}')`,
    ),
  )
  const whole = await preview({ channel: 'sms', member: 'm-1', data })
  expect(whole.body).toMatchObject({
    locale: 'es',
    text: '¡Enhorabuena Ana! Código: BIKE-77',
    segments: 1,
    problems: [],
  })
  const draft = await preview({ channel: 'sms', member: 'm-1', data, content: { text: '{{ prize.name }}!' } })
  expect(draft.body.text).toBe('Bicycle!')
  expect((await preview({ channel: 'sms', member: 'nobody' })).status).toBe(404)
  expect((await preview({ channel: 'sms', content: { html: 'x' } })).status).toBe(422)
})
