import abandonedCart from './abandoned-cart.json' with { type: 'json' }
import birthday from './birthday.json' with { type: 'json' }
import doubleOptIn from './double-opt-in.json' with { type: 'json' }
import incidentNotice from './incident-notice.json' with { type: 'json' }
import orderUpdates from './order-updates.json' with { type: 'json' }
import { readyFlowSchema, type ReadyFlow } from './ready-flow.ts'
import welcome from './welcome.json' with { type: 'json' }
import winBack from './win-back.json' with { type: 'json' }
import winner from './winner.json' with { type: 'json' }

const DOCUMENTS = [
  welcome,
  winner,
  abandonedCart,
  winBack,
  birthday,
  doubleOptIn,
  incidentNotice,
  orderUpdates,
]

/** The flows a marketer can start from, in the order shown. */
export const GALLERY: readonly ReadyFlow[] = DOCUMENTS.map((document) => readyFlowSchema.parse(document))
