import { z } from 'zod'
import { Fault } from '../../db/fault.ts'
import type { Issue } from '../../db/fault.ts'
import { isTooSlow } from '../../db/time-limit.ts'

const issueSchema = z.object({
  path: z.string(),
  code: z.string(),
  message: z.string(),
  line: z.int().optional(),
  column: z.int().optional(),
})

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    issues: z.array(issueSchema).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457; `type` is `urn:fanfare:problem:<code>`.' })

interface ProblemOptions {
  status: number
  code: string
  detail: string
  issues?: Issue[]
  headers?: Record<string, string>
}

/** A refusal with its HTTP status: for what only the edge can say. Rooms below throw a Fault. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly issues: Issue[]
  readonly headers: Record<string, string>

  constructor({ status, code, detail, issues = [], headers = {} }: ProblemOptions) {
    super(detail)
    this.status = status
    this.code = code
    this.issues = issues
    this.headers = headers
  }
}

const FAULT_STATUS = { missing: 404, conflict: 409, invalid: 422 } as const

/** Turns anything thrown into a Problem; what is not meant for the caller becomes a plain 500 or 503. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof Fault) {
    return new Problem({
      status: FAULT_STATUS[error.kind],
      code: error.code,
      detail: error.message,
      issues: error.issues,
    })
  }
  if (isTooSlow(error)) {
    return new Problem({
      status: 422,
      code: 'too-slow',
      detail: 'Finding these members took too long and was given up. Ask for fewer first, beside "all".',
    })
  }
  if (isTwin(error)) {
    return new Problem({
      status: 409,
      code: 'conflict',
      detail: 'The same was written at the same moment. Try again.',
    })
  }
  if (isAway(error)) {
    return new Problem({
      status: 503,
      code: 'unavailable',
      detail: 'The database or another part of the server is away. Try again shortly.',
      headers: { 'retry-after': '1' },
    })
  }
  return new Problem({
    status: 500,
    code: 'internal',
    detail: 'Something went wrong here. The log has it under the request id.',
  })
}

export function presentProblem(problem: Problem): z.input<typeof problemSchema> {
  const { code, status, message: detail, issues } = problem
  const title = code.charAt(0).toUpperCase() + code.slice(1).replaceAll('-', ' ')
  return { type: `urn:fanfare:problem:${code}`, title, status, detail, ...(issues.length > 0 && { issues }) }
}

/** Two requests that make the same thing: the unique key lets one through. */
const isTwin = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '23505'

// Sockets that fail, PostgreSQL's classes 08 (connection), 53 (resources) and 57P (shutdown), and lost races.
const AWAY = /^(ECONN|EPIPE|ETIMEDOUT|08|53|57P|40001|40P01)/
const POOL_WORDS =
  /timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error/

function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return (
    AWAY.test(code) || POOL_WORDS.test(error.message) || (error.cause !== undefined && isAway(error.cause))
  )
}
