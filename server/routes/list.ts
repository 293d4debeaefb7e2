import type { Route } from '../http/route.ts'
import { healthRoutes } from './health.ts'
import { keyRoutes } from './keys.ts'

/** Every route of the product. */
export const ROUTES: readonly Route[] = [...healthRoutes, ...keyRoutes]
