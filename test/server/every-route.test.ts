import { afterAll, beforeAll, expect, test } from 'vitest'
import { PERMISSIONS } from '../../server/http/permission.ts'
import type { Route } from '../../server/http/route.ts'
import { ROUTES } from '../../server/routes/list.ts'
import { startServer } from './start-server.ts'
import type { Answer, CallInit, TestServer } from './start-server.ts'

let server: TestServer
let strangerKey: string
beforeAll(async () => {
  server = await startServer()
  strangerKey = (await server.call('POST', '/v1/keys', { body: { name: 'Stranger', scopes: ['live:read'] } }))
    .body.key
})
afterAll(() => server.close())

const named = (route: Route) => `${route.method.toUpperCase()} ${route.path}`
const guarded = ROUTES.filter((route) => route.permission !== 'public')
const withBody = guarded.filter((route) => route.body)

/** A call that passes every check before the one under test. */
function ask(route: Route, init: CallInit = {}): Promise<Answer> {
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => PARAMS[name] ?? '1')
  const headers = { 'if-match': '1', 'idempotency-key': 'test', ...init.headers }
  return server.call(route.method.toUpperCase(), path, { ...init, headers })
}
/** Where one property tells which shape is meant, the others are known only with it. */
const MEANT: Record<string, object> = {
  'PUT /v1/channels/:channel': { transport: 'simulator' },
  'POST /v1/templates/:key/preview': { channel: 'sms' },
}
const PARAMS: Record<string, string> = { channel: 'email' }

test('every route under /v1 asks for a permission, and every permission is asked for', () => {
  expect(ROUTES.filter((route) => route.path.startsWith('/v1/') && route.permission === 'public')).toEqual([])
  const asked = new Set(guarded.map((route) => route.permission))
  expect(PERMISSIONS.filter((permission) => !asked.has(permission))).toEqual([])
})

test('no two routes answer the same call', () => {
  const names = ROUTES.map((route) => named(route).replace(/:\w+/g, ':'))
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
})

test.for(guarded.map((route) => [named(route), route] as const))(
  '%s without a key is 401',
  async ([, route]) => {
    const answer = await ask(route, { key: null })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect((await ask(route, { key: 'ff_guess' })).status).toBe(401)
  },
)

test.for(
  guarded.filter((route) => route.permission !== 'live:read').map((route) => [named(route), route] as const),
)('%s with a key that lacks its scope is 403 and names the scope', async ([, route]) => {
  const answer = await ask(route, { key: strangerKey })
  expect(answer.status).toBe(403)
  expect(answer.body.detail).toContain(route.permission)
})

// A body is read before its thing is looked up, and a param that cannot be is 404 before either.
const reachable = withBody.filter((route) => !/:(id|token)\b/.test(route.path))

test.for(reachable.map((route) => [named(route), route] as const))(
  '%s refuses what is not JSON, not of the type, not of the shape',
  async ([, route]) => {
    const json = { 'content-type': 'application/json' }
    const plain = await ask(route, { raw: 'hello', headers: { 'content-type': 'text/plain' } })
    expect(plain).toMatchObject({
      status: 415,
      body: { type: 'urn:fanfare:problem:content-type', status: 415 },
    })
    expect((await ask(route, { raw: '{"a":', headers: json })).status).toBe(400)
    const shapeless = await ask(route, { body: 7 })
    expect(shapeless.status).toBe(422)
    expect(shapeless.headers.get('content-type')).toContain('application/problem+json')
    expect(shapeless.body.issues[0]).toMatchObject({ code: expect.any(String), message: expect.any(String) })
  },
)

test.for(reachable.map((route) => [named(route), route] as const))(
  '%s refuses an unknown property by its name',
  async ([, route]) => {
    const answer = await ask(route, { body: { zzUnknown: 1, ...MEANT[named(route)] } })
    expect(answer.status).toBe(422)
    expect(answer.body.issues).toContainEqual(
      expect.objectContaining({ path: expect.stringMatching(/(^|\.)zzUnknown$/), code: 'unknown-property' }),
    )
  },
)

const asksForRevision = guarded.filter((route) => route.ifMatch)
test.for(asksForRevision.map((route) => [named(route), route] as const))(
  '%s without If-Match is 428',
  async ([, route]) => {
    const path = route.path.replace(/:id/, 'flw_1').replace(/:(\w+)/g, '1')
    const answer = await server.call(route.method.toUpperCase(), path, { body: {} })
    expect(answer).toMatchObject({ status: 428, body: { type: 'urn:fanfare:problem:if-match-required' } })
  },
)

test.for(guarded.filter((route) => route.method === 'get').map((route) => [named(route), route] as const))(
  '%s refuses an unknown query parameter by its name',
  async ([, route]) => {
    const path = route.path.replace(/:channel/, 'email')
    if (path.includes(':')) return
    const answer = await server.call('GET', `${path}?zzUnknown=1`)
    expect(answer.status).toBe(422)
    expect(answer.body.issues).toMatchObject([{ path: 'zzUnknown', code: 'unknown-property' }])
  },
)
