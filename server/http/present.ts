import type { Response } from 'express'
import { z } from 'zod'
import { issuesOf } from './issues.ts'
import type { Answer, Responses, Route } from './route.ts'

/** Writes a handler's answer. With `check`, an answer that breaks the promise of its schema is a fault of ours. */
export async function present(
  route: Route,
  answer: Answer<Responses>,
  { response, check }: { response: Response; check: boolean },
): Promise<void> {
  const spec = route.responses[answer.status]
  if (!spec) throw new BrokenPromise(route, `answers ${answer.status}`)
  response.status(answer.status)
  const json = spec instanceof z.ZodType ? spec : 'json' in spec ? spec.json : null
  if (json === null || typeof answer.body === 'function') {
    response.type('type' in spec ? spec.type : 'application/x-ndjson').set(answer.headers ?? {})
    if (response.req.method === 'HEAD') response.end()
    else if (typeof answer.body === 'function') await answer.body(response)
    else response.end(answer.body)
    return
  }
  if (check) keepPromise(route, json, answer.body)
  response.set(answer.headers ?? {})
  if (answer.body === null) response.end()
  else response.json(answer.body)
}

/** Names the place, never the value: its code goes to the log. */
class BrokenPromise extends Error {
  readonly code: string

  constructor(route: Route, what: string) {
    super('An answer does not fit its schema')
    this.code = `${route.method} ${route.path}: ${what}`
  }
}

function keepPromise(route: Route, spec: z.ZodType, body: unknown): void {
  const parsed = spec.safeParse(body)
  if (parsed.success) return
  const places = issuesOf(parsed.error, body).map(({ path, code }) => `${path} ${code}`)
  throw new BrokenPromise(route, places.slice(0, 10).join(', '))
}
