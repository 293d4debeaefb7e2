import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from './start-server.ts'
import type { TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => void (server = await startServer()))
afterAll(() => server.close())

test('the gallery lists eight ready flows, and gives each with all it needs', async () => {
  const { items, next } = (await server.call('GET', '/v1/gallery')).body
  expect([items.length, next]).toEqual([8, null])
  expect(Object.keys(items[0])).toEqual(['key', 'name', 'description'])
  for (const { key, name } of items) {
    expect((await server.call('GET', `/v1/gallery/${key}`)).body).toMatchObject({
      key,
      name,
      flow: { nodes: expect.any(Object) },
    })
  }
  expect((await server.call('GET', '/v1/gallery/nothing')).status).toBe(404)
})

test('put into an empty workspace, each becomes a draft without a fault', async () => {
  const { items } = (await server.call('GET', '/v1/gallery')).body
  const channels = ['email', 'sms', 'whatsapp', 'telegram', 'push', 'voice']
  for (const one of channels) {
    await server.call('PUT', `/v1/channels/${one}`, { body: { transport: 'simulator' } })
  }
  for (const { key } of items) {
    const { flow, templates, audiences } = (await server.call('GET', `/v1/gallery/${key}`)).body
    for (const [name, body] of Object.entries(templates)) {
      expect(await server.call('PUT', `/v1/templates/${name}`, { body })).toMatchObject({
        status: 200,
        body: { problems: [] },
      })
    }
    for (const [name, body] of Object.entries(audiences)) {
      expect((await server.call('PUT', `/v1/audiences/${name}`, { body })).status).toBe(200)
    }
    const { status, body } = await server.call('POST', '/v1/flows', { body: flow })
    expect(status).toBe(201)
    expect(body.problems.filter(({ severity }: { severity: string }) => severity === 'error')).toEqual([])
  }
})
