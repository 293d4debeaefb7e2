import type { ImportProgress, ImportRow } from '../../db/imports.ts'
import type { Db } from '../../db/pool.ts'
import { Problem } from '../http/problem.ts'
import type { Stream } from '../http/stream.ts'
import { addRow, isFull, openBatch, type Batch } from './batch.ts'
import type { Kind } from './kind.ts'
import { readRows, type Reading } from './reading.ts'
import type { Row } from './row.ts'
import { openRuler, type Ruler } from './ruler.ts'
import { storeBatch } from './store-batch.ts'

export interface Running<V> {
  stream: Stream
  reading: Reading
  kind: Kind<V>
  held: ImportRow
  /** After each batch: how far it has come, and how far it was before. */
  onProgress(to: ImportProgress, from: ImportProgress): void
}

/** Where a file begins: nothing of it has been read. */
export const digestOfNothing = (type: string, reading: Reading): Buffer =>
  openRuler(saidOf(type, reading)).digestAt(0)

export const saidOf = (type: string, { map = '', empty = 'keep', history = false }: Reading): string =>
  JSON.stringify({ type, map, empty, history })

/**
 * Reads a file row by row and stores it batch by batch, in its order: while one is stored the next is read, and no
 * further. What an earlier turn stored is read over, if these are the same bytes. Rows before a fault are stored.
 */
export async function runImport<V>(
  place: { db: Db; workspace: number },
  { stream, reading, kind, held, onProgress }: Running<V>,
): Promise<ImportProgress> {
  const ruler = openRuler(saidOf(stream.type, reading))
  const fresh = unseen(readRows(stream, reading, { fields: kind.fields, ruler }), { held, ruler })
  let storing: Promise<ImportProgress> = Promise.resolve(held)
  const store = async (batch: Batch<V>): Promise<void> => {
    const from = await storing
    const digest = ruler.digestAt(batch.end)
    storing = storeBatch(place, from, { kind, held, batch, digest })
    storing.then(
      (to) => onProgress(to, from),
      () => {},
    ) // whoever waits for it is told
  }
  let batch = openBatch<V>(held.bytes)
  try {
    for await (const rows of fresh) {
      for (const row of rows) {
        addRow(batch, row, kind)
        if (!isFull(batch)) continue
        const full = batch
        batch = openBatch(full.end)
        await store(full)
      }
    }
  } catch (error) {
    await storing // of two faults the first counts
    if (batch.rows > 0) await store(batch)
    await storing
    throw error
  }
  if (batch.rows > 0) await store(batch)
  const done = await storing
  return { ...done, bytes: ruler.fed(), digest: ruler.digestAt(ruler.fed()) }
}

/** The rows that no earlier turn has dealt with. */
async function* unseen(
  all: AsyncIterable<Row[]>,
  { held, ruler }: { held: ImportRow; ruler: Ruler },
): AsyncGenerator<Row[]> {
  let toPass = held.rows
  for await (const rows of all) {
    const passed = rows.splice(0, toPass)
    toPass -= passed.length
    if (passed.length > 0 && toPass === 0) sameFile(held, ruler)
    yield rows
  }
  if (toPass > 0) throw otherFile()
}

function sameFile({ bytes, digest }: ImportRow, ruler: Ruler): void {
  if (ruler.fed() < bytes || !ruler.digestAt(bytes).equals(digest)) throw otherFile()
}

function otherFile(): Problem {
  return new Problem({
    status: 409,
    code: 'import-other-file',
    detail:
      'Under this Idempotency-Key another file was begun, or this one with other settings. Send that file, or take a new key.',
  })
}
