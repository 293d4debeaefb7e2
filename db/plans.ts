import type { Plan } from '../flow/plan.ts'
import { standsOf, type Stand } from './hot/stands.ts'
import type { Tx } from './pool.ts'

/** A published version as the engine needs it. Immutable, so a process loads it once. */
export interface PublishedVersion {
  id: number
  flow: number
  /** null: the hidden version of a test run. */
  number: number | null
  plan: Plan
  stands: Stand[]
}

export type VersionBook = (tx: Tx, version: number) => Promise<PublishedVersion>

/** Versions read so far, the least recently used ones forgotten beyond `size`. */
export function openVersionBook(size = 500): VersionBook {
  const known = new Map<number, PublishedVersion>()
  return async (tx, version) => {
    const found = known.get(version) ?? (await readVersion(tx, version))
    known.delete(version)
    known.set(version, found)
    const [oldest] = known.keys()
    if (known.size > size && oldest !== undefined) known.delete(oldest)
    return found
  }
}

/** A plan was written by `compile` and never changes: it is read back as it was, without parsing it again. */
async function readVersion(tx: Tx, version: number): Promise<PublishedVersion> {
  const [row] = await tx.rows<Omit<PublishedVersion, 'stands'>>(
    'select id, flow, number, plan from flow_version where id = $1',
    [version],
  )
  if (!row) throw new Error(`flow version ${version} is not in this workspace`)
  return { ...row, stands: await standsOf(tx, version) }
}
