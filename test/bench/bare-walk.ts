import { proxyLocalActivities } from '@temporalio/workflow'

interface Mark {
  mark(id: string): Promise<void>
}

const { mark } = proxyLocalActivities<Mark>({ startToCloseTimeout: '5 s' })

/** The least a walk can be: one local activity. */
export async function bareWalk(id: string): Promise<void> {
  await mark(id)
}
