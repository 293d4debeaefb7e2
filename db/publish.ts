import type { Plan } from '../flow/plan.ts'
import type { FlowRow } from './flows.ts'
import { listenToEntries } from './listeners.ts'
import { beginMove } from './move.ts'
import type { Tx } from './pool.ts'
import { storeVersion } from './versions.ts'
import { watchTrigger } from './watch-trigger.ts'

export interface Publishing {
  flow: FlowRow
  document: unknown
  plan: Plan
  note: string | null
  author: string
  /** What those inside do, who finish unless said otherwise. */
  inside?: 'finish' | 'move'
}

/** Stores an immutable version and makes it the one that takes entries. The caller holds the flow. */
export async function publishVersion(
  tx: Tx,
  { flow, inside, ...publishing }: Publishing,
): Promise<{ id: number; number: number }> {
  const version = await storeVersion(tx, { flow: flow.id, ...publishing })
  const entries = { flow: flow.id, version: version.id, plan: publishing.plan }
  await listenToEntries(tx, entries)
  await watchTrigger(tx, entries)
  const state = flow.state === 'paused' ? 'paused' : 'live'
  await tx.rows('update flow set version = $2, state = $3, updated_at = now() where id = $1', [
    flow.id,
    version.id,
    state,
  ])
  if (inside === 'move') await beginMove(tx, version.id)
  return { id: version.id, number: version.number ?? 0 } // only a test run's has none
}
