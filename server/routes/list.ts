import type { Route } from '../http/route.ts'
import { audienceRoutes } from './audiences.ts'
import { channelRoutes } from './channels.ts'
import { docsRoutes } from './docs.ts'
import { eventRoutes } from './events.ts'
import { healthRoutes } from './health.ts'
import { keyRoutes } from './keys.ts'
import { settingsRoutes } from './settings.ts'
import { streamRoutes } from './stream.ts'

const DESCRIBED: readonly Route[] = [
  ...eventRoutes,
  ...audienceRoutes,
  ...channelRoutes,
  ...settingsRoutes,
  ...keyRoutes,
  ...streamRoutes,
  ...healthRoutes,
]

/** Every route of the product. */
export const ROUTES: readonly Route[] = [...DESCRIBED, ...docsRoutes(DESCRIBED)]
