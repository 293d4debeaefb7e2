import {
  continueAsNew,
  proxyActivities,
  proxyLocalActivities,
  sleep,
  workflowInfo,
} from '@temporalio/workflow'
import type { WalkActivities } from '../activities/walk-activities.ts'
import type { WalkInput } from './names.ts'

const soon = { initialInterval: '200 ms', backoffCoefficient: 2, maximumInterval: '2 s' } as const

// The urgent lane fuses claim, decisions, sends and outcomes into one local activity: 14 ms from event to hand-over,
// against 41 ms with a normal one (measured). It yields after two seconds, well inside a workflow task.
const urgent = proxyLocalActivities<WalkActivities>({ startToCloseTimeout: '8 s', retry: soon })
const bulk = proxyActivities<WalkActivities>({
  startToCloseTimeout: '5 m',
  heartbeatTimeout: '5 s',
  retry: soon,
})
const patient = proxyActivities<WalkActivities>({
  startToCloseTimeout: '1 h',
  heartbeatTimeout: '5 s',
  retry: soon,
})

/**
 * Carries the members of one stand, batch by batch, until none is ready there. Started as an alarm, it first sleeps.
 * Only sleeping alarms outlive a deploy: everything up to and including the sleep must stay as it is.
 */
export async function walk(input: WalkInput): Promise<void> {
  const carrying = input.walk ?? (await wakeUp(input))
  if (carrying === null) return
  const segment = input.lane === 'urgent' ? urgent.segment : bulk.segment
  let slow: Promise<void> | undefined
  for (;;) {
    const { cleared, left } = await segment(carrying)
    // Sends that outlast a segment pass to an activity that waits for them; the stand goes on without them.
    if (left) slow ??= patient.finish(carrying)
    if (cleared) break
    if (workflowInfo().continueAsNewSuggested && !slow)
      await continueAsNew<typeof walk>({ ...input, walk: carrying })
  }
  await slow
}

/** Sleeps until the alarm, never less by the database's clock; null when another walk has the stand by then. */
async function wakeUp({ stand, alarm }: WalkInput): Promise<number | null> {
  for (;;) {
    await sleep(Math.max(1, (alarm ?? 0) - Date.now()))
    const { ahead, walk } = await urgent.ring(stand, alarm ?? 0)
    if (ahead === 0) return walk
    await sleep(ahead)
  }
}
