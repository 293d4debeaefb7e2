import { randomUUID } from 'node:crypto'
import type { NextFunction, Request, Response } from 'express'
import type { Logger } from 'pino'
import type { Metrics } from '../metrics.ts'

/** One line and one measurement a request: the route's pattern, never the URL, which holds ids and tokens. */
export function requestLog(log: Logger, metrics: Metrics) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const began = performance.now()
    const id = randomUUID()
    response.locals['request'] = id
    response.set('x-request-id', id)
    response.on('close', () => {
      const seconds = (performance.now() - began) / 1000
      const route: unknown = response.locals['route'] ?? 'none'
      const done = { method: request.method, route: String(route), status: response.statusCode }
      metrics.observe({ ...done, seconds })
      log.info(
        {
          ...done,
          ms: Math.round(seconds * 1000),
          request: id,
          cut: !response.writableFinished || undefined,
        },
        'request',
      )
    })
    next()
  }
}
