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
  const json = schemaOf(spec)
  if (!json || typeof answer.body === 'function') {
    response.type('type' in spec ? spec.type : 'application/x-ndjson').set(answer.headers ?? {})
    return write(response, answer.body)
  }
  if (check) keepPromise(route, json, answer.body)
  response.set(answer.headers ?? {})
  if (answer.body === null) response.end()
  else response.json(answer.body)
}

function schemaOf(spec: Responses[number]): z.ZodType | undefined {
  if (spec instanceof z.ZodType) return spec
  return 'json' in spec ? spec.json : undefined
}

async function write(response: Response, body: Answer<Responses>['body']): Promise<void> {
  if (response.req.method === 'HEAD') response.end()
  else if (typeof body === 'function') await body(response)
  else response.end(body)
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
