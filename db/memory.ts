import type { WorkspaceFacts } from '../flow/facts.ts'
import { openVersionBook, type VersionBook } from './plans.ts'
import type { Tx } from './pool.ts'
import { readWorkspaceFacts } from './workspace-facts.ts'

/** What a process remembers between transactions: nothing that may be stale is ever returned. */
export interface Memory {
  version: VersionBook
  /** Facts of the transaction's workspace, as of now: one small look-up tells whether they changed. */
  workspace(tx: Tx): Promise<WorkspaceFacts>
}

export function openMemory(): Memory {
  const known = new Map<number, { stamp: number; facts: WorkspaceFacts }>()
  return {
    version: openVersionBook(),
    async workspace(tx) {
      const [row] = await tx.rows<{ workspace: number; stamp: number }>(
        `select current_setting('app.workspace')::int workspace, coalesce((select n from stamp), 0) stamp`,
        [],
        'stamp',
      )
      const { workspace, stamp } = row ?? { workspace: 0, stamp: 0 }
      const found = known.get(workspace)
      if (found?.stamp === stamp) return found.facts
      const facts = await readWorkspaceFacts(tx)
      known.set(workspace, { stamp, facts })
      return facts
    },
  }
}
