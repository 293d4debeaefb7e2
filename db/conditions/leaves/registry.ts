import type { LeafKind } from '../../../flow/conditions/schema.ts'
import type { LeafSql } from '../leaf-sql.ts'
import { consent } from './consent.ts'
import { event } from './event.ts'
import { field } from './field.ts'
import { flow } from './flow.ts'
import { inAudience } from './in-audience.ts'
import { inList } from './in-list.ts'
import { message } from './message.ts'
import { reachable } from './reachable.ts'
import { sample } from './sample.ts'

/** Every leaf in SQL, by the property that tells it apart. */
export const LEAF_SQL: Record<LeafKind, LeafSql> = {
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
