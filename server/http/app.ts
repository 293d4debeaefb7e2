import express from 'express'
import type { Express } from 'express'
import type { Services } from './context.ts'
import { securityHeaders } from './headers.ts'
import { mount } from './mount.ts'
import type { Edge } from './mount.ts'
import { refuse, unknownPath } from './refuse.ts'
import { requestLog } from './request-log.ts'
import type { Route } from './route.ts'

export interface AppOptions {
  routes: readonly Route[]
  services: Services
  edge: Edge
  /** Proxies in front: the caller's address is that many hops away. */
  proxies: number
}

/** The whole HTTP surface, ready to listen. */
export function createApp({ routes, services, edge, proxies }: AppOptions): Express {
  const app = express()
  app.disable('x-powered-by').disable('etag').set('trust proxy', proxies).set('query parser', 'simple')
  app.enable('case sensitive routing')
  app.use(requestLog(services.log, services.metrics), securityHeaders(services.publicUrl))
  mount(app, routes, { services, edge })
  app.use(unknownPath)
  app.use(refuse(services.log))
  return app
}
