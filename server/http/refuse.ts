import type { NextFunction, Request, Response } from 'express'
import type { Logger } from 'pino'
import { faultLine } from '../fault-line.ts'
import { presentProblem, Problem, toProblem } from './problem.ts'

/** For a path that nobody answers. */
export function unknownPath(): never {
  throw new Problem({ status: 404, code: 'not-found', detail: 'There is nothing at this address.' })
}

/** The last handler: whatever was thrown leaves as problem+json. */
export function refuse(log: Logger) {
  // Express knows an error handler by its four parameters.
  // oxlint-disable-next-line max-params
  return (error: unknown, _request: Request, response: Response, next: NextFunction): void => {
    if (hasLeft(error, response)) return
    const problem = isBadUrl(error)
      ? new Problem({ status: 400, code: 'bad-url', detail: 'The address is not a valid URL.' })
      : toProblem(error)
    if (problem.status >= 500)
      log.error({ request: response.locals['request'], ...faultLine(error) }, 'request failed')
    if (response.headersSent) return next(error)
    response.status(problem.status).set(problem.headers).type('application/problem+json')
    response.end(JSON.stringify(presentProblem(problem)))
  }
}

/** Whoever asked went away, and the work for them was given up. */
const hasLeft = (error: unknown, { destroyed }: Response): boolean =>
  destroyed && error instanceof Error && error.name === 'AbortError'

const isBadUrl = (error: unknown): boolean =>
  error instanceof URIError ||
  (error instanceof TypeError && 'code' in error && error.code === 'ERR_INVALID_URL')
