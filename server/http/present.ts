import type { Response } from 'express'
import type { Answer, Responses, Route } from './route.ts'

/** Writes a handler's answer. A JSON answer passes its schema: what is promised is what leaves. */
export async function present(route: Route, answer: Answer<Responses>, response: Response): Promise<void> {
  const spec = route.responses[answer.status]
  if (!spec) throw new Error(`${route.method} ${route.path} answers ${answer.status}, which it does not list`)
  response.status(answer.status).set(answer.headers ?? {})
  if ('type' in spec && !('_zod' in spec)) {
    response.type(spec.type)
    if (typeof answer.body === 'function') await answer.body(response)
    else response.end(answer.body)
  } else if (answer.body === null) response.end()
  else response.json(answer.body)
}
