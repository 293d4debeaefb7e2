import type { LeafSpec } from '../leaf-spec.ts'
import type { LeafKind } from '../schema.ts'
import { consent } from './consent.ts'
import { event } from './event.ts'
import { field } from './field.ts'
import { flow } from './flow.ts'
import { inAudience } from './in-audience.ts'
import { inList } from './in-list.ts'
import { message } from './message.ts'
import { reachable } from './reachable.ts'
import { sample } from './sample.ts'

/** Every leaf, by the property that tells it apart. */
export const LEAVES: Record<LeafKind, LeafSpec> = {
  field,
  event,
  message,
  inAudience,
  inList,
  consent,
  reachable,
  flow,
  sample,
}
