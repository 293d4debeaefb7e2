import { missing } from './fault.ts'
import type { Tx } from './pool.ts'

export interface ListRow {
  id: number
  key: string
  name: string
  createdAt: Date
  /** Members on it. */
  count: number
}

const ROW = `l.id, l.key, l.name, l.created_at "createdAt",
  (select count(*) from list_member lm where lm.list = l.id) count`

/** Newest first, after the list with id `before`. */
export async function listLists(
  tx: Tx,
  { limit, before = 2 ** 31 - 1 }: { limit: number; before?: number | undefined },
): Promise<ListRow[]> {
  return tx.rows<ListRow>(`select ${ROW} from list l where l.id < $1 order by l.id desc limit $2`, [
    before,
    limit,
  ])
}

export async function readList(tx: Tx, key: string): Promise<ListRow> {
  const [row] = await tx.rows<ListRow>(`select ${ROW} from list l where l.key = $1`, [key])
  if (!row) throw missing('list')
  return row
}

/** Makes the list, or gives it another name; who is on it stays. */
export async function saveList(tx: Tx, { key, name }: { key: string; name: string }): Promise<ListRow> {
  await tx.rows(
    `insert into list (workspace, key, name) values (current_setting('app.workspace')::int, $1, $2)
     on conflict (workspace, key) do update set name = excluded.name`,
    [key, name],
  )
  return readList(tx, key)
}
