import { proxyLocalActivities, workflowInfo } from '@temporalio/workflow'
import type { LaunchActivities } from '../activities/launch-activities.ts'
import type { ScheduledInput } from './names.ts'

const { strike } = proxyLocalActivities<LaunchActivities>({
  startToCloseTimeout: '8 s',
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumInterval: '2 s' },
})

/** Set by Temporal on what a schedule starts: the instant it is for, however late it is. */
const SCHEDULED_AT = { name: 'TemporalScheduledStartTime', type: 'DATETIME' } as const

/** One instant of a flow's schedule: it is noted as a launch, which then goes its own way. */
export async function scheduled({ workspace, version }: ScheduledInput): Promise<void> {
  const at = workflowInfo().typedSearchAttributes.get(SCHEDULED_AT) ?? workflowInfo().startTime
  await strike(workspace, version, at.getTime())
}
