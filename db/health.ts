import type { Db } from './pool.ts'

/** Seconds since a worker last gave a sign of life; null when none ever did. */
export async function newestLease(db: Db): Promise<number | null> {
  const [row] = await db.outside((tx) =>
    tx.rows<{ seconds: number | null }>(
      `select extract(epoch from clock_timestamp() - max(seen_at))::float8 as seconds from lease`,
    ),
  )
  return row?.seconds ?? null
}
