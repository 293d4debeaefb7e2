import type { Tx } from './pool.ts'

/**
 * Takes down what people inside an old version needed, once nobody is: no entry ever goes there again, and no event
 * concerns it. The version itself stays. Needs a workspace. Answers how many were taken down.
 */
export async function forgetOldVersions(tx: Tx): Promise<number> {
  const old = await tx.rows<{ id: number }>(
    `select v.id from flow f join flow_version v on v.flow = f.id
     where (v.id <> f.version or f.state = 'stopped') and v.number is not null and not v.moving
       and v.published_at < now() - interval '1 hour'
       and exists (select from stand s where s.version = v.id)
       and not exists (select from enrollment e where e.version = v.id and e.state <> 'ended') limit 500`,
  )
  const versions = old.map((row) => row.id)
  if (versions.length === 0) return 0
  await tx.rows('delete from listener where version = any($1::int[])', [versions])
  await tx.rows('delete from stand where version = any($1::int[]) and walk is null', [versions])
  return versions.length
}
