import type { Route } from '../http/route.ts'
import { audienceRoutes } from './audiences.ts'
import { channelRoutes } from './channels.ts'
import { docsRoutes } from './docs.ts'
import { dryRunRoutes } from './dry-run.ts'
import { eventRoutes } from './events.ts'
import { enrollmentRoutes } from './enrollments.ts'
import { flowActRoutes } from './flow-acts.ts'
import { flowRoutes } from './flows.ts'
import { galleryRoutes } from './gallery.ts'
import { healthRoutes } from './health.ts'
import { importRoutes } from './imports.ts'
import { keyRoutes } from './keys.ts'
import { launchActRoutes } from './launch-acts.ts'
import { launchRoutes } from './launches.ts'
import { listRoutes } from './lists.ts'
import { memberRoutes } from './members.ts'
import { messageRoutes } from './messages.ts'
import { preferenceRoutes } from './preferences.ts'
import { secretRoutes } from './secrets.ts'
import { settingsRoutes } from './settings.ts'
import { simulatorRoutes } from './simulator.ts'
import { singleMessageRoutes } from './single-message.ts'
import { streamRoutes } from './stream.ts'
import { templateRoutes } from './templates.ts'
import { testRunRoutes } from './test-runs.ts'
import { trackingRoutes } from './tracking.ts'
import { unsubscribeRoutes } from './unsubscribe.ts'

const DESCRIBED: readonly Route[] = [
  ...memberRoutes,
  ...eventRoutes,
  ...flowRoutes,
  ...flowActRoutes,
  ...galleryRoutes,
  ...enrollmentRoutes,
  ...launchRoutes,
  ...launchActRoutes,
  ...dryRunRoutes,
  ...testRunRoutes,
  ...singleMessageRoutes,
  ...messageRoutes,
  ...simulatorRoutes,
  ...audienceRoutes,
  ...listRoutes,
  ...importRoutes,
  ...templateRoutes,
  ...channelRoutes,
  ...settingsRoutes,
  ...secretRoutes,
  ...keyRoutes,
  ...streamRoutes,
  ...unsubscribeRoutes,
  ...preferenceRoutes,
  ...trackingRoutes,
  ...healthRoutes,
]

/** Every route of the product. */
export const ROUTES: readonly Route[] = [...DESCRIBED, ...docsRoutes(DESCRIBED)]
