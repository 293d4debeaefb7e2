import { inBatches, type Forgetting } from './in-batches.ts'

const BATCH = 10_000

/** How old movements are when they are summed, and to what. Their sums always balance: each step is one statement. */
const STEPS = [
  { unit: 'hour', after: '2 hours' },
  { unit: 'day', after: '40 days' },
] as const

/**
 * Puts together movements of the same kind in the same hour, and later in the same day. A launch of 1,000,000 leaves
 * 20,000 rows, and a row for each of its steps an hour later.
 */
export async function sumTallies(of: Forgetting): Promise<number> {
  let summed = 0
  for (const { unit, after } of STEPS)
    summed += await inBatches(of, BATCH, () =>
      of.db.inWorkspace(of.workspace, async (tx) => {
        const [row] = await tx.rows<{ n: number }>(
          `with old as materialized (
             select ctid from tally where at < now() - $1::interval and at <> date_trunc('${unit}', at) limit ${BATCH}),
           gone as (delete from tally where ctid = any(array(select ctid from old)) returning version, node, what, n, at),
           kept as (
             insert into tally (workspace, version, node, what, n, at)
             select current_setting('app.workspace')::int, version, node, what, sum(n), date_trunc('${unit}', at)
             from gone group by version, node, what, date_trunc('${unit}', at))
           select count(*) n from gone`,
          [after],
        )
        return row?.n ?? 0
      }),
    )
  return summed
}
