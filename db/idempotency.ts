import { createHash } from 'node:crypto'
import { invalid } from './fault.ts'
import type { Db, Tx } from './pool.ts'
import { retryDeadlock } from './retry-deadlock.ts'

/** A request that may come again: its bytes tell a repetition from another request under the same key. */
export interface Asked {
  workspace: number
  route: string
  key: string
  request: Buffer
}

/**
 * Runs `work` at most once per key and gives everybody its answer. Key, effects and answer are one transaction: twins
 * wait on the unique key until the first commits, a crash leaves neither, and an error frees the key.
 */
export async function once<T extends { status: number; body: unknown }>(
  db: Db,
  { workspace, route, key, request }: Asked,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const hash = createHash('sha256').update(request).digest()
  const asked = async (tx: Tx): Promise<T> => {
    const claimed = await tx.rows(
      `insert into idempotency (workspace, route, key, request_hash) values ($1, $2, $3, $4)
       on conflict do nothing returning 1`,
      [workspace, route, key, hash],
    )
    if (claimed.length === 0) return repeat<T>(tx, { route, key, hash })
    const answer = await work(tx)
    const [kept] = await tx.rows<Kept>(
      `update idempotency set status = $3, body = $4 where route = $1 and key = $2 returning status, body`,
      [route, key, answer.status, JSON.stringify(answer.body)],
    )
    return { ...answer, body: kept?.body } // as read back, so that first and later answers are the same bytes
  }
  return retryDeadlock(() => db.inWorkspace(workspace, asked))
}

interface Kept {
  status: number
  body: unknown
}

async function repeat<T>(
  tx: Tx,
  { route, key, hash }: { route: string; key: string; hash: Buffer },
): Promise<T> {
  const [kept] = await tx.rows<Kept & { request_hash: Buffer }>(
    `select request_hash, status, body from idempotency where route = $1 and key = $2`,
    [route, key],
  )
  if (!kept || !kept.request_hash.equals(hash)) {
    const message = 'This key was used for another request. Take a new key for each new request.'
    throw invalid([{ path: 'Idempotency-Key', code: 'idempotency-key-reused', message }])
  }
  return { status: kept.status, body: kept.body } as T // what `work` answered, kept by the update above
}
