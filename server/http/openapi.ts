import { z } from 'zod'
import { createDocument } from 'zod-openapi'
import { problemSchema } from './problem.ts'
import type { Route } from './route.ts'

/** The OpenAPI 3.1 document of these routes: what the server checks is what the document says. */
export function openapi(routes: readonly Route[], publicUrl: string): object {
  const byPath = Map.groupBy(routes, (route) => route.path.replace(/:(\w+)/g, '{$1}'))
  const paths = [...byPath].map(([path, same]) => [
    path,
    Object.fromEntries(same.map((route) => [route.method, operation(route)])),
  ])
  const document = {
    openapi: '3.1.0' as const,
    info: { title: 'Fanfare', version: '1', description: 'The omnichannel flow engine.' },
    servers: [{ url: publicUrl }],
    security: [{ key: [] }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: { key: { type: 'http' as const, scheme: 'bearer', description: 'An API key.' } },
    },
  }
  return createDocument(document, { allowEmptySchema: { custom: true, pipe: true, transform: true } })
}

function operation(route: Route) {
  const open = route.permission === 'public'
  return {
    operationId: `${route.method}${route.path.replace(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    summary: route.summary,
    tags: [route.path.split('/').find((part) => part !== '' && part !== 'v1') ?? 'root'],
    ...(open ? { security: [] } : { description: `Needs the scope \`${route.permission}\`.` }),
    requestParams: {
      ...(route.params instanceof z.ZodObject && { path: route.params }),
      ...(route.query instanceof z.ZodObject && { query: route.query }),
      ...headersOf(route),
    },
    ...bodyOf(route),
    responses: { ...answers(route), ...refusals(route) },
  }
}

function headersOf(route: Route) {
  const headers = {
    ...(route.ifMatch && { 'If-Match': z.string().meta({ description: 'The revision that was read.' }) }),
    ...(route.idempotent && { 'Idempotency-Key': z.string().max(200) }),
    ...(route.streams && { 'Idempotency-Key': z.string().max(200).optional().meta({ description: AGAIN }) }),
  }
  return Object.keys(headers).length > 0 ? { header: z.object(headers) } : {}
}

const AGAIN = 'The same file sent again with the same key goes on where it stopped.'

function bodyOf(route: Route) {
  if (route.streams) {
    const text = { schema: z.string() }
    return {
      requestBody: { required: true, content: Object.fromEntries(route.streams.map((type) => [type, text])) },
    }
  }
  if (route.contentType) return { requestBody: { content: { '*/*': {} } } }
  return route.body
    ? { requestBody: { required: true, content: { 'application/json': { schema: route.body } } } }
    : {}
}

function answers(route: Route) {
  const each = Object.entries(route.responses).map(([status, spec]) => {
    const description = Number(status) < 400 ? 'Done.' : 'Not now.'
    if ('lines' in spec) {
      const lines = { 'application/x-ndjson': { schema: z.union([spec.lines, spec.json]) } }
      return [status, { description, content: { 'application/json': { schema: spec.json }, ...lines } }]
    }
    if (!(spec instanceof z.ZodType))
      return [status, { description, content: { [spec.type]: { schema: z.string() } } }]
    if (spec instanceof z.ZodNull) return [status, { description }]
    return [status, { description, content: { 'application/json': { schema: spec } } }]
  })
  return Object.fromEntries(each)
}

const WHY: Record<number, string> = {
  400: 'The body is not JSON.',
  401: 'No key, or one that is unknown or revoked.',
  403: 'The key lacks the scope.',
  404: 'There is no such thing.',
  409: 'The state or the revision forbids it.',
  413: 'The body is over 1 MiB.',
  415: 'The body is not of the content type.',
  422: 'The input is wrong; `issues` lists every problem.',
  428: 'If-Match is missing.',
  429: 'Too many requests; `Retry-After` says how long to wait.',
}

function refusals(route: Route) {
  const statuses = [429]
  if (route.permission !== 'public') statuses.push(401, 403)
  if (route.params) statuses.push(404)
  if (route.method !== 'get') statuses.push(409, 413)
  if (route.body || route.streams) statuses.push(400, 415)
  if (route.body || route.query || route.idempotent) statuses.push(422)
  if (route.ifMatch) statuses.push(428)
  const content = { 'application/problem+json': { schema: problemSchema } }
  const listed = statuses.filter((status) => !(status in route.responses))
  return Object.fromEntries(listed.map((status) => [status, { description: WHY[status], content }]))
}
