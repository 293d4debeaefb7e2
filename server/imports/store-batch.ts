import { Fault } from '../../db/fault.ts'
import { keepRejects, type Reject } from '../../db/import-rejects.ts'
import { moveImport, type ImportProgress, type ImportRow } from '../../db/imports.ts'
import type { Db, Tx } from '../../db/pool.ts'
import { retryDeadlock } from '../../db/retry-deadlock.ts'
import type { Batch } from './batch.ts'
import type { Kind, Line, Stored } from './kind.ts'

/** Of more than this is counted how many they are, not what is wrong with each. */
const REJECTS_KEPT = 100_000

interface Storing<V> {
  kind: Kind<V>
  held: ImportRow
  batch: Batch<V>
  digest: Buffer
}

/** Stores a batch and moves its import on, in one transaction: either both have happened or neither has. */
export async function storeBatch<V>(
  { db, workspace }: { db: Db; workspace: number },
  from: ImportProgress,
  { kind, held, batch, digest }: Storing<V>,
): Promise<ImportProgress> {
  const store = async (tx: Tx): Promise<ImportProgress> => {
    const stored = await storeLines(tx, kind, batch.lines)
    const rejects = [...batch.rejects, ...stored.rejects].toSorted((a, b) => a.line - b.line)
    const to = moved(from, { batch, digest, duplicates: stored.duplicates, rejected: rejects.length })
    await keepRejects(tx, held.id, rejects.slice(0, Math.max(0, REJECTS_KEPT - from.rejected)))
    await moveImport(tx, held, to)
    return to
  }
  return retryDeadlock(() => db.inWorkspace(workspace, store))
}

interface Moving {
  batch: Batch<unknown>
  digest: Buffer
  duplicates: number
  rejected: number
}

function moved(from: ImportProgress, { batch, digest, duplicates, rejected }: Moving): ImportProgress {
  return {
    bytes: batch.end,
    digest,
    rows: from.rows + batch.rows,
    accepted: from.accepted + batch.rows - duplicates - rejected,
    duplicates: from.duplicates + duplicates,
    rejected: from.rejected + rejected,
  }
}

/** All of them at once; when that is refused, half by half, until each row that cannot be stored stands alone. */
async function storeLines<V>(tx: Tx, kind: Kind<V>, lines: Line<V>[]): Promise<Stored> {
  if (lines.length === 0) return { duplicates: 0, rejects: [] }
  await tx.rows('savepoint lines')
  try {
    const stored = await kind.store(tx, lines)
    await tx.rows('release savepoint lines')
    return stored
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'invalid') throw error
    await tx.rows('rollback to savepoint lines')
    await tx.rows('release savepoint lines')
    const [only] = lines
    if (lines.length === 1 && only) return { duplicates: 0, rejects: [refusedAlone(only, error)] }
  }
  const half = Math.ceil(lines.length / 2)
  const first = await storeLines(tx, kind, lines.slice(0, half))
  const second = await storeLines(tx, kind, lines.slice(half))
  return {
    duplicates: first.duplicates + second.duplicates,
    rejects: [...first.rejects, ...second.rejects],
  }
}

function refusedAlone({ line, nameOf }: Line<unknown>, { issues }: Fault): Reject {
  return { line, issues: issues.map((issue) => ({ ...issue, path: nameOf(issue.path) })) }
}
