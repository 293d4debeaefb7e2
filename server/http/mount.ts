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
import { openStream } from './stream.ts'

/** What stands between the socket and the handlers. */
export interface Edge {
  authenticate: Authenticate
  /** By API key, and by network address for those without one. */
  keyRate: RateLimit
  publicRate: RateLimit
  /** Compare answers with their schemas: everywhere but in production. */
  checkAnswers: boolean
}

interface Around {
  services: Services
  edge: Edge
}

/** Puts the routes on the app. A known path with another method answers 405. */
export function mount(app: Express, routes: readonly Route[], around: Around): void {
  for (const route of routes) {
    app[route.method](route.path, (request, response) => serve(route, around, { request, response }))
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

async function serve(route: Route, around: Around, { request, response }: Exchange): Promise<void> {
  response.locals['route'] = route.path
  const context = await admit(route, around, request)
  const unread = route.method === 'get' || route.streams !== undefined
  const raw = unread ? Buffer.alloc(0) : await readBody(request, response)
  const { key, ...input } = parseInput(route, request, raw)
  const extra = extraFor(route, context, { key, raw, request })
  // `route()` has tied the handler's types to the very schemas that made this input.
  const answer = await route.handle(
    { ...input, ...extra, gone: leaving(response) } as never,
    context as never,
  )
  await present(route, answer, { response, check: around.edge.checkAnswers })
}

function leaving(response: Response): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  return gone.signal
}

async function admit(
  route: Route,
  { services, edge }: Around,
  request: Request,
): Promise<Services | Context> {
  if (route.permission === 'public') {
    edge.publicRate(request.ip ?? '')
    return services
  }
  const principal = await authorise(request, route.permission, edge.authenticate).catch((error: unknown) => {
    edge.publicRate(request.ip ?? '') // guesses count against the address they come from
    throw error
  })
  edge.keyRate(String(principal.key))
  return { ...services, principal, workspace: principal.workspace }
}

interface Asked {
  key: string | undefined
  raw: Buffer
  request: Request
}

/** What a handler is given beside its input, by the kind of its route. */
function extraFor(route: Route, context: Services | Context, asked: Asked) {
  const { key, request } = asked
  if (route.streams) return { stream: openStream(request, route.streams), key }
  return key === undefined ? {} : onceFor(route, context, { ...asked, key })
}

function onceFor(route: Route, context: Services | Context, { key, raw, request }: Asked & { key: string }) {
  if (!('workspace' in context)) throw new Error(`${route.path} is public: Idempotency-Key needs a workspace`)
  const { db, workspace } = context
  const bytes = Buffer.concat([Buffer.from(`${request.path}\n`), raw])
  const asked = { workspace, route: `${route.method} ${route.path}`, key, request: bytes }
  return { once: (work: Parameters<typeof once<Answer<Responses>>>[2]) => once(db, asked, work) }
}
