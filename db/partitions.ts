import type { Tx } from './pool.ts'

/** Makes sure of this month's partitions and those of the next three. */
export async function ensurePartitions(tx: Tx): Promise<void> {
  await tx.rows(`select ensure_partitions(current_date, (current_date + interval '3 months')::date)`)
}
