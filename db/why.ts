import type { Reason } from '../flow/reason.ts'
import { triggerOf } from '../flow/trigger-of.ts'
import type { FlowRow } from './flows.ts'
import type { Memory } from './memory.ts'
import type { Tx } from './pool.ts'
import { whyNotByDate } from './why/by-date.ts'
import { whyNotByEvent } from './why/by-event.ts'
import { whyNotByLaunch } from './why/by-launch.ts'
import { whyNotBySchedule } from './why/by-schedule.ts'
import { whyNotEntering } from './why/entering.ts'

/** The first reason that keeps a member out of a flow they have never been in. */
export async function whyNotIn(
  tx: Tx,
  memory: Memory,
  { flow, member }: { flow: FlowRow; member: number },
): Promise<Reason> {
  if (flow.version === null) return { code: 'never-published' }
  if (flow.state === 'stopped') return { code: 'flow-is-stopped' }
  const version = await memory.version(tx, flow.version)
  const outside = { version, member }
  const trigger = triggerOf(version.plan)
  switch (trigger.by) {
    case 'event':
      return whyNotByEvent(tx, memory, { ...outside, trigger })
    case 'schedule':
      return whyNotBySchedule(tx, memory, { ...outside, trigger })
    case 'enters':
      return whyNotEntering(tx, memory, { ...outside, trigger })
    case 'date':
      return whyNotByDate(tx, memory, { ...outside, trigger })
    case 'launch':
      return whyNotByLaunch(tx, memory, outside)
  }
}
