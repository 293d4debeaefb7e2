import type { Change } from '../../flow/change.ts'
import type { MemberFacts } from '../../flow/facts.ts'
import { recordFlowConsents } from '../consents.ts'
import type { Desk } from '../desk.ts'
import { wakeExits } from '../exits.ts'
import { replanDates } from '../occurrences.ts'
import type { Tx } from '../pool.ts'
import { wakeChanged } from './wake-waiting.ts'

/** What update steps did to a member, in order, and the facts about them after all of it. */
export interface Update {
  member: MemberFacts
  changes: Change[]
}

/**
 * Stores what a batch changed about its members and wakes what waits for that, as an upsert would. In the transaction
 * of the decisions, which hold the members' locks: so the facts they were decided on are still those of the rows.
 */
export async function writeChanges(tx: Tx, desk: Desk, updates: Update[]): Promise<void> {
  if (updates.length === 0) return
  const changed = await writeMembers(tx, updates)
  const consents = updates.flatMap(({ member, changes }) =>
    changes.flatMap(({ consent }) => (consent ? [{ member: member.id, ...consent }] : [])),
  )
  await recordFlowConsents(tx, desk, consents)
  await wakeExits(tx, desk.memory, { members: changed, cause: { changed: 'attributes' } })
  await wakeChanged(
    tx,
    changed.map((id) => ({ id, moved: false })),
  )
  await replanDates(tx, desk.memory, changed)
}

/** Only what was touched is written, by its top-level key: the rest keeps numbers that JavaScript could not hold. */
async function writeMembers(tx: Tx, updates: Update[]): Promise<number[]> {
  const byMember = Map.groupBy(updates, ({ member }) => member.id)
  const rows = [...byMember.values()].map(rowOf)
  const changed = await tx.rows<{ id: number }>(
    `update member m set attributes = (m.attributes || r.set) - r.drop, tags = r.tags, updated_at = now()
     from jsonb_to_recordset($2::jsonb) r(id bigint, set jsonb, drop text[], tags text[])
     where m.id = any($1::bigint[]) and m.id = r.id
       and (m.attributes, m.tags) is distinct from ((m.attributes || r.set) - r.drop, r.tags)
     returning m.id`,
    [rows.map((row) => row.id), JSON.stringify(rows)],
    'change-members',
  )
  return changed.map((row) => row.id)
}

/** Updates of one member, which share its facts. */
function rowOf(updates: Update[]) {
  const keys = updates.flatMap(({ changes }) =>
    changes.flatMap(({ set }) => set.flatMap(({ keys: [first] }) => first ?? [])),
  )
  const { id, attributes, tags } = updates[0]!.member
  const touched = new Set(keys)
  const set = Object.fromEntries(Object.entries(attributes).filter(([key]) => touched.has(key)))
  return { id, set, drop: [...touched].filter((key) => !Object.hasOwn(attributes, key)), tags }
}
