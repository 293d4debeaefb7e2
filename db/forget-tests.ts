import type { Tx } from './pool.ts'
import { takeDown } from './take-down.ts'

/**
 * Takes down what test runs that are over needed; what they sent and why stays. Needs a workspace.
 * Answers how many were taken down.
 */
export async function forgetDoneTests(tx: Tx): Promise<number> {
  const done = await tx.rows<{ id: number }>(
    `select v.id from test_run t join flow_version v on v.test_run = t.id
     where t.started_at < now() - interval '1 day' and exists (select from stand s where s.version = v.id)
       and not exists (select from enrollment e where e.version = v.id and e.state <> 'ended') limit 500`,
  )
  await takeDown(
    tx,
    done.map((row) => row.id),
  )
  return done.length
}
