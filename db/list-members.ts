import { wakeExits } from './exits.ts'
import { invalid, type Issue } from './fault.ts'
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
  await putOnList(tx, memory, { list: id, members: await lockNamed(tx, members) })
  return readList(tx, key)
}

/** Puts members on a list and answers who was not on it yet. The caller holds the members' locks. */
export async function putOnList(
  tx: Tx,
  memory: Memory,
  { list, members }: { list: number; members: number[] },
): Promise<Set<number>> {
  const added = await tx.rows<{ member: number }>(
    `insert into list_member (workspace, list, member)
     select current_setting('app.workspace')::int, $1, unnest($2::bigint[]) on conflict do nothing returning member`,
    [list, members],
  )
  await wake(tx, memory, added)
  return new Set(added.map((row) => row.member))
}

/** Takes these members off a list, all or none of them; who is not on it stays so. */
export async function removeFromList(tx: Tx, memory: Memory, { key, members }: OfList): Promise<ListRow> {
  const { id } = await readList(tx, key)
  const removed = await tx.rows<{ member: number }>(
    'delete from list_member where list = $1 and member = any($2::bigint[]) returning member',
    [id, await lockNamed(tx, members)],
  )
  await wake(tx, memory, removed)
  return readList(tx, key)
}

/** The ids behind external ids, locked in their order; unknown ones are refused by their places. */
async function lockNamed(tx: Tx, externalIds: string[]): Promise<number[]> {
  const known = await lockLivingByName(tx, externalIds)
  const issues = externalIds.flatMap((one, at) => (known.has(one) ? [] : [unknownMember(`members[${at}]`)]))
  if (issues.length > 0) throw invalid(issues)
  return [...known.values()]
}

/** The ids of those who are known by these external ids, locked in their order. */
export async function lockLivingByName(tx: Tx, externalIds: string[]): Promise<Map<string, number>> {
  const known = await tx.rows<{ id: number; external_id: string }>(
    `select id, external_id from member where external_id = any($1::text[]) and erased_at is null
     order by id for no key update`,
    [externalIds],
  )
  return new Map(known.map((row) => [row.external_id, row.id]))
}

export function unknownMember(path: string): Issue {
  const message = 'There is no member with this id. Store the member first, or leave the id out.'
  return { path, code: 'unknown-member', message }
}

/** Lists are listened to as attributes are: a flow's exit may hang on one. */
async function wake(tx: Tx, memory: Memory, rows: { member: number }[]): Promise<void> {
  const members = rows.map((row) => row.member)
  await wakeExits(tx, memory, { members, cause: { changed: 'attributes' } })
}
