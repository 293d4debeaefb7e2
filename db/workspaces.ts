import type { Db } from './pool.ts'

/** The workspace of this key, made when it is not there. */
export async function ensureWorkspace(db: Db, { key, name }: { key: string; name: string }): Promise<number> {
  const rows = await db.outside(async (tx) => {
    await tx.rows(`insert into workspace (key, name) values ($1, $2) on conflict do nothing`, [key, name])
    return tx.rows<{ id: number }>(`select id from workspace where key = $1`, [key])
  })
  return rows[0]!.id // inserted above, or there before
}
