import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROUTES } from '../../server/routes/list.ts'
import { startServer } from './start-server.ts'
import type { TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => void (server = await startServer()))
afterAll(() => server.close())

test('the document is valid OpenAPI 3.1 and names every route', async () => {
  const { body } = await server.call('GET', '/openapi.json', { key: null })
  expect(await new Validator().validate(structuredClone(body))).toEqual({ valid: true })
  expect(body.openapi).toMatch(/^3\.1/)
  const described = ROUTES.filter((route) => route.path.startsWith('/v1/'))
  for (const { path, method } of described) {
    expect(body.paths[path.replace(/:(\w+)/g, '{$1}')]).toHaveProperty(method)
  }
})

test('operations have names of their own', async () => {
  const { body } = await server.call('GET', '/openapi.json', { key: null })
  const operations = Object.values<Record<string, { operationId: string }>>(body.paths).flatMap(Object.values)
  const names = operations.map((operation) => operation.operationId)
  expect(new Set(names).size).toBe(names.length)
})

test('the page for people loads everything from this host, and its policy allows no other', async () => {
  const page = await server.call('GET', '/docs', { key: null })
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
  expect(page.headers.get('content-security-policy')).not.toMatch(/https?:|\*/)
  const parts = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!)
  for (const part of parts.filter((each) => !each.startsWith('data:'))) {
    expect(part).toMatch(/^\/docs\//)
    const asset = await server.call('GET', part, { key: null })
    expect(asset.status).toBe(200)
    expect(asset.text.length).toBeGreaterThan(50)
  }
})

test('whoever opens the address of the API alone is led to that page', async () => {
  const root = await server.call('GET', '/', { key: null })
  expect(root.status).toBe(302)
  expect(root.headers.get('location')).toBe('/docs')
})
