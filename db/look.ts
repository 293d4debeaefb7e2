import { triggerOf } from '../flow/trigger-of.ts'
import { lookAtDates } from './date-scan.ts'
import { lookAtAudience } from './memberships.ts'
import type { Memory } from './memory.ts'
import type { Tx } from './pool.ts'
import { lookAtSchedule } from './schedules.ts'
import { holdWatch } from './watches.ts'

/** One page of a look at a flow's trigger; true when the look goes on. The watch says when to come back. */
export async function lookAtTrigger(tx: Tx, memory: Memory, flow: number): Promise<boolean> {
  const watch = await holdWatch(tx, flow)
  if (!watch) return false
  const { plan } = await memory.version(tx, watch.version)
  const trigger = triggerOf(plan)
  if (trigger.by === 'enters') return lookAtAudience(tx, memory, { watch, audience: trigger.audience })
  if (trigger.by === 'schedule') return lookAtSchedule(tx, memory, { watch, trigger })
  return trigger.by === 'date' && lookAtDates(tx, memory, watch)
}
