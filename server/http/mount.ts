import type { Express, Request, Response } from 'express'
import { once } from '../../db/idempotency.ts'
import type { Authenticate } from './authorise.ts'
import { authorise } from './authorise.ts'
import { readBody } from './body.ts'
import type { Context, Services } from './context.ts'
import { parseInput } from './input.ts'
import { present } from './present.ts'
import { Problem } from './problem.ts'
import type { RateLimit } from './rate-limit.ts'
import type { Answer, Responses, Route } from './route.ts'

export interface Gate {
  authenticate: Authenticate
  /** By API key, and by network address for those without one. */
  keyRate: RateLimit
  publicRate: RateLimit
}

/** Puts the routes on the app. A known path with another method answers 405. */
export function mount(app: Express, routes: readonly Route[], services: Services & { gate: Gate }): void {
  for (const route of routes) {
    app[route.method](route.path, (request, response) => serve(route, services, { request, response }))
  }
  for (const [path, methods] of Map.groupBy(routes, (route) => route.path)) {
    const allow = methods.map((route) => route.method.toUpperCase()).join(', ')
    app.all(path, () => {
      throw new Problem({
        status: 405,
        code: 'method-not-allowed',
        detail: `Use ${allow}.`,
        headers: { allow },
      })
    })
  }
}

interface Exchange {
  request: Request
  response: Response
}

async function serve(route: Route, services: Services & { gate: Gate }, { request, response }: Exchange) {
  response.locals['route'] = route.path
  const context = await admit(route, services, request)
  const raw = route.method === 'get' ? Buffer.alloc(0) : await readBody(request, response)
  const { key, ...input } = parseInput(route, request, raw)
  const extra = key === undefined ? {} : onceFor(route, context, { key, raw, request })
  // `route()` has tied the handler's types to the very schemas that made this input.
  const answer = await route.handle({ ...input, ...extra } as never, context as never)
  await present(route, answer, response)
}

async function admit(route: Route, services: Services & { gate: Gate }, request: Request): Promise<Context> {
  const { gate, ...rest } = services
  if (route.permission === 'public') {
    gate.publicRate(request.ip ?? '')
    return rest as Context // a public route's handler is typed to see Services alone
  }
  const principal = await authorise(request, route.permission, gate.authenticate).catch((error: unknown) => {
    gate.publicRate(request.ip ?? '') // guesses count against the address they come from
    throw error
  })
  gate.keyRate(String(principal.key))
  return { ...rest, principal, workspace: principal.workspace }
}

function onceFor(
  route: Route,
  { db, workspace }: Context,
  { key, raw, request }: { key: string; raw: Buffer; request: Request },
) {
  const asked = {
    route: `${route.method} ${route.path}`,
    key,
    request: Buffer.concat([Buffer.from(`${request.path}\n`), raw]),
  }
  return {
    once: (work: Parameters<typeof once<Answer<Responses>>>[2]) => once(db, { workspace, ...asked }, work),
  }
}
