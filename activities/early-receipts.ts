import type { Settlement } from '../db/hot/outcomes.ts'
import { matchEarlyReceipts } from '../db/receipts.ts'
import type { Carrying } from './decide.ts'
import type { Engine } from './engine.ts'
import type { Done } from './effect.ts'
import type { MessageJob } from './job.ts'
import { untilDone } from './until-done.ts'

/**
 * Looks for receipts that came before their message's provider id was stored. Whoever stores a receipt looks for its
 * message as well: each after its own commit, so one of the two finds the other.
 */
export async function matchEarly(
  engine: Engine,
  of: Carrying,
  stored: Done<MessageJob, Settlement>[],
): Promise<void> {
  for (const [transport, own] of Map.groupBy(stored, ({ job }) => job.message.transport)) {
    const providerIds = own.flatMap(({ settlement }) => settlement?.providerId ?? [])
    if (providerIds.length === 0) continue
    const match = () =>
      engine.db.inWorkspace(of.stand.workspace, (tx) =>
        matchEarlyReceipts(tx, engine, { transport, providerIds }),
      )
    await untilDone(engine, 'matching receipts', match)
  }
}
