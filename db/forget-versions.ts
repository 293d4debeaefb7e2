import type { Tx } from './pool.ts'
import { takeDown } from './take-down.ts'

/**
 * Takes down what people inside old versions needed, once nobody is; the version itself stays. Needs a workspace.
 * Answers how many were taken down.
 */
export async function forgetOldVersions(tx: Tx): Promise<number> {
  const old = await tx.rows<{ id: number }>(
    `select v.id from flow f join flow_version v on v.flow = f.id
     where (v.id <> f.version or f.state = 'stopped') and v.number is not null and not v.moving
       and v.published_at < now() - interval '1 hour'
       and exists (select from stand s where s.version = v.id)
       and not exists (select from enrollment e where e.version = v.id and e.state <> 'ended') limit 500`,
  )
  await takeDown(
    tx,
    old.map((row) => row.id),
  )
  return old.length
}
