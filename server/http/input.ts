import type { Request } from 'express'
import { z } from 'zod'
import type { Issue } from '../../db/fault.ts'
import { missing } from '../../db/fault.ts'
import { parseJson } from './body.ts'
import { issuesOf } from './issues.ts'
import { Problem } from './problem.ts'
import type { Route } from './route.ts'

const nothing = z.strictObject({})
const keySchema = z.string().regex(/^[\x21-\x7e]{1,200}$/)

/** Everything a handler may look at, parsed. Throws one problem that names all that is wrong. */
export function parseInput(route: Route, request: Request, raw: Buffer) {
  const issues: Issue[] = []
  const read = (schema: z.ZodType, value: unknown): unknown => {
    const parsed = schema.safeParse(value)
    if (!parsed.success) issues.push(...issuesOf(parsed.error, value))
    return parsed.data
  }

  const params = readParams(route, request)
  const revision = route.ifMatch ? readRevision(request, issues) : undefined
  const keyed = route.idempotent || (route.streams && request.get('idempotency-key') !== undefined)
  const key = keyed ? readKey(request, issues) : undefined
  const query = readQuery(route, request, { read, issues })
  const body = route.body ? read(route.body, jsonOf(request, raw)) : undefined
  if (issues.length > 0) {
    throw new Problem({
      status: 422,
      code: 'invalid',
      detail: 'The request is not valid; see issues.',
      issues,
    })
  }
  const asked = { headers: request.headers, url: request.originalUrl, head: request.method === 'HEAD' }
  return { params, query, body, revision, key, raw, ...asked }
}

/** An act whose settings are all optional may come without a body; where one is needed, what lacks is named. */
function jsonOf(request: Request, raw: Buffer): unknown {
  return raw.length === 0 ? {} : parseJson(raw, request.headers['content-type'])
}

/** A param that cannot be is a thing that is not there. */
function readParams(route: Route, request: Request): unknown {
  const parsed = (route.params ?? z.object({})).safeParse(request.params)
  const storable = Object.values(request.params).every((text) => !String(text).includes('\0'))
  if (!parsed.success || !storable) throw missing('address')
  return parsed.data
}

/** Mail programs and providers add to public addresses: what a public route does not read, it overlooks. */
function readQuery(
  route: Route,
  request: Request,
  { read, issues }: { read: (schema: z.ZodType, value: unknown) => unknown; issues: Issue[] },
): unknown {
  if (route.permission === 'public' && !route.query) return {}
  const query = Object.fromEntries(new URL(request.originalUrl, 'http://here').searchParams)
  const strange = Object.keys(query).filter((name) => query[name]?.includes('\0'))
  issues.push(
    ...strange.map((path) => ({ path, code: 'bad-text', message: 'This text cannot be looked for.' })),
  )
  return read(route.query ?? nothing, query)
}

function readRevision(request: Request, issues: Issue[]): number | undefined {
  const header = request.headers['if-match']
  if (header === undefined) {
    throw new Problem({
      status: 428,
      code: 'if-match-required',
      detail: 'Send the revision you have read as If-Match.',
    })
  }
  const match = /^(?:W\/)?"?(\d{1,9})"?$/.exec(header)
  if (!match)
    issues.push({ path: 'If-Match', code: 'invalid-format', message: 'Send a revision, for example 3.' })
  return match ? Number(match[1]) : undefined
}

function readKey(request: Request, issues: Issue[]): string | undefined {
  const header = request.get('idempotency-key')
  const parsed = keySchema.safeParse(header)
  if (parsed.success) return parsed.data
  issues.push(
    header === undefined
      ? {
          path: 'Idempotency-Key',
          code: 'required',
          message:
            'Send this header with a text of your own, a new one for each act: a repeat with the same does nothing twice.',
        }
      : {
          path: 'Idempotency-Key',
          code: 'invalid-format',
          message: 'Use 1 to 200 visible ASCII characters.',
        },
  )
  return undefined
}
