import type { Desk } from './desk.ts'
import type { Db } from './pool.ts'
import { matchEarlyReceipts } from './receipts.ts'

const BATCH = 500

/**
 * Finds the messages of receipts that came before them, and whose second look died with its process: whoever stores one
 * side looks for the other after its commit. Older than some days, they are reports about messages of somebody else.
 * Answers how many found theirs.
 */
export async function matchLostReceipts(db: Db, desk: Desk, workspace: number): Promise<number> {
  for (let matched = 0; ;) {
    const found = await db.inWorkspace(workspace, (tx) =>
      tx.rows<{ transport: number; provider_id: string }>(
        `select distinct r.transport, r.provider_id from receipt r
         join message m on m.transport = r.transport and m.provider_id = r.provider_id
         where r.message is null and r.period >= date_trunc('month', now() - interval '3 days')
           and r.received_at between now() - interval '3 days' and now() - interval '5 seconds' limit ${BATCH}`,
      ),
    )
    for (const [transport, own] of Map.groupBy(found, (one) => one.transport)) {
      const providerIds = own.map((one) => one.provider_id)
      matched += await db.inWorkspace(workspace, (tx) =>
        matchEarlyReceipts(tx, desk, { transport, providerIds }),
      )
    }
    if (found.length < BATCH) return matched
  }
}
