import type { Tx } from './pool.ts'

/**
 * Takes down what a test run that is over needed besides its rows: nobody ever comes to its stands again, and no event
 * concerns it. What it sent and why stays. Needs a workspace. Answers how many were taken down.
 */
export async function forgetDoneTests(tx: Tx): Promise<number> {
  const done = await tx.rows<{ id: number }>(
    `select v.id from test_run t join flow_version v on v.test_run = t.id
     where t.started_at < now() - interval '1 day' and exists (select from stand s where s.version = v.id)
       and not exists (select from enrollment e where e.version = v.id and e.state <> 'ended') limit 500`,
  )
  const versions = done.map((row) => row.id)
  if (versions.length === 0) return 0
  await tx.rows('delete from listener where version = any($1::int[])', [versions])
  await tx.rows('delete from stand where version = any($1::int[]) and walk is null', [versions])
  return versions.length
}
