import type { Route } from '../http/route.ts'
import { docsRoutes } from './docs.ts'
import { healthRoutes } from './health.ts'
import { keyRoutes } from './keys.ts'
import { streamRoutes } from './stream.ts'

const DESCRIBED: readonly Route[] = [...keyRoutes, ...streamRoutes, ...healthRoutes]

/** Every route of the product. */
export const ROUTES: readonly Route[] = [...DESCRIBED, ...docsRoutes(DESCRIBED)]
