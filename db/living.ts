import type { Tx } from './pool.ts'

/** Locks these members in order of id, as every writer about members does, and answers those who were not erased. */
export async function lockLiving(tx: Tx, members: number[]): Promise<number[]> {
  if (members.length === 0) return []
  const rows = await tx.rows<{ id: number; erased: boolean }>(
    `select id, erased_at is not null erased from member where id = any($1::bigint[]) order by id for no key update`,
    [members],
    'lock-living',
  )
  return rows.filter((row) => !row.erased).map((row) => row.id)
}
