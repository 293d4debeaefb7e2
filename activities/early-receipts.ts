import { matchEarlyReceipts } from '../db/receipts.ts'
import type { Carrying } from './decide.ts'
import type { Engine } from './engine.ts'
import type { Done } from './perform.ts'
import { untilDone } from './until-done.ts'

/**
 * Looks for receipts that came before their message's provider id was stored. Whoever stores a receipt looks for its
 * message as well: each after its own commit, so one of the two finds the other.
 */
export async function matchEarly(engine: Engine, of: Carrying, stored: Done[]): Promise<void> {
  for (const [transport, own] of Map.groupBy(stored, ({ message }) => message.transport)) {
    const providerIds = own.flatMap(({ settlement }) => settlement?.providerId ?? [])
    if (providerIds.length === 0) continue
    const match = () =>
      engine.db.inWorkspace(of.stand.workspace, (tx) =>
        matchEarlyReceipts(tx, engine, { transport, providerIds }),
      )
    await untilDone(engine, 'matching receipts', match)
  }
}
