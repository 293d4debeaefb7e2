import { nextRun } from '../../flow/cron-runs.ts'
import type { Reason } from '../../flow/reason.ts'
import { nowOf } from '../clock.ts'
import type { Memory } from '../memory.ts'
import type { Tx } from '../pool.ts'
import { runClock } from '../schedules.ts'
import { whyNotChosen } from './not-chosen.ts'
import type { OutsideOf } from './outside.ts'

export async function whyNotBySchedule(
  tx: Tx,
  memory: Memory,
  { trigger, ...outside }: OutsideOf<'schedule'>,
): Promise<Reason> {
  const why = await whyNotChosen(tx, memory, { ...outside, audience: trigger.audience })
  if (why) return why
  const { cron, zone } = runClock(trigger)
  return { code: 'next-run', args: { at: nextRun(cron, zone, await nowOf(tx)), zone } }
}
