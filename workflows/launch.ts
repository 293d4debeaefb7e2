import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { LaunchActivities } from '../activities/launch-activities.ts'
import type { LaunchInput } from './names.ts'

const { enterNext } = proxyActivities<LaunchActivities>({
  startToCloseTimeout: '5 m',
  heartbeatTimeout: '5 s',
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumInterval: '2 s' },
})

/** Lets the members of a launch enter, a few pages at a time. How far it has come stands in its row, never here. */
export async function launch(input: LaunchInput): Promise<void> {
  while (!(await enterNext(input.launch)).over) {
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof launch>(input)
  }
}
