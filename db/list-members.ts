import { wakeExits } from './exits.ts'
import { invalid } from './fault.ts'
import { readList, type ListRow } from './lists.ts'
import type { Memory } from './memory.ts'
import type { Tx } from './pool.ts'

interface OfList {
  key: string
  /** External ids. */
  members: string[]
}

/** Puts these members on a list, all or none of them; who is on it already stays. */
export async function addToList(tx: Tx, memory: Memory, { key, members }: OfList): Promise<ListRow> {
  const { id } = await readList(tx, key)
  const added = await tx.rows<{ member: number }>(
    `insert into list_member (workspace, list, member)
     select current_setting('app.workspace')::int, $1, unnest($2::bigint[]) on conflict do nothing returning member`,
    [id, await lockNamed(tx, members)],
  )
  return changed(tx, memory, { key, rows: added })
}

/** Takes these members off a list, all or none of them; who is not on it stays so. */
export async function removeFromList(tx: Tx, memory: Memory, { key, members }: OfList): Promise<ListRow> {
  const { id } = await readList(tx, key)
  const removed = await tx.rows<{ member: number }>(
    'delete from list_member where list = $1 and member = any($2::bigint[]) returning member',
    [id, await lockNamed(tx, members)],
  )
  return changed(tx, memory, { key, rows: removed })
}

/** The ids behind external ids, locked in their order; unknown ones are refused by their places. */
async function lockNamed(tx: Tx, externalIds: string[]): Promise<number[]> {
  const known = await tx.rows<{ id: number; external_id: string }>(
    `select id, external_id from member where external_id = any($1::text[]) and erased_at is null
     order by id for no key update`,
    [externalIds],
  )
  const names = new Set(known.map((row) => row.external_id))
  const message = 'There is no member with this id. Store the member first, or leave the id out.'
  const issues = externalIds.flatMap((one, at) =>
    names.has(one) ? [] : [{ path: `members[${at}]`, code: 'unknown-member', message }],
  )
  if (issues.length > 0) throw invalid(issues)
  return known.map((row) => row.id)
}

/** Lists are listened to as attributes are: a flow's exit may hang on one. */
async function changed(
  tx: Tx,
  memory: Memory,
  { key, rows }: { key: string; rows: { member: number }[] },
): Promise<ListRow> {
  const members = rows.map((row) => row.member)
  await wakeExits(tx, memory, { members, cause: { changed: 'attributes' } })
  return readList(tx, key)
}
