import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from '@temporalio/client'

/** Events in all of Temporal's histories, once every run has ended; visibility tells of a run a moment after it began. */
export async function settledEvents(client: Client): Promise<number> {
  for (;;) {
    await pause(1_000)
    const runs = await Array.fromAsync(client.workflow.list())
    if (runs.some((run) => run.status.name === 'RUNNING')) continue
    return runs.reduce((sum, run) => sum + (run.historyLength ?? 0), 0)
  }
}
