import { replaceAddresses, type AddressChange } from './addresses.ts'
import { recordConsents } from './consents.ts'
import type { Desk } from './desk.ts'
import { wakeExits } from './exits.ts'
import { wakeChanged } from './hot/wake-waiting.ts'
import type { MemberChange } from './member-change.ts'
import { foldChanges, type Folded } from './member-fold.ts'
import { replanDates } from './occurrences.ts'
import type { Tx } from './pool.ts'
import { writeProfiles } from './profiles.ts'

/** Stores changes in the order given, all or nothing. Answers how many members they are about. */
export async function upsertMembers(tx: Tx, desk: Desk, changes: MemberChange[]): Promise<number> {
  const folded = foldChanges(changes)
  const ids = await ensureMembers(
    tx,
    folded.map((one) => one.externalId),
  )
  const members = folded.map((one) => ({ ...one, id: ids.get(one.externalId) ?? 0 }))
  const changed = await writeProfiles(tx, members)
  const readdressed = await replaceAddresses(tx, desk.digest, members.flatMap(addressChanges))
  const touched = [...new Set([...changed.map((one) => one.id), ...readdressed])]
  await wakeExits(tx, desk.memory, { members: touched, cause: { changed: 'attributes' } })
  await wakeChanged(tx, changed)
  await replanDates(
    tx,
    desk.memory,
    changed.map((one) => one.id),
  )
  await recordConsents(
    tx,
    desk,
    members.flatMap(({ id, consents }) => consents.map((one) => ({ ...one, member: id }))),
  )
  return members.length
}

function addressChanges({ id, email, phone }: Folded & { id: number }): AddressChange[] {
  const changes: AddressChange[] = []
  if (email !== undefined) changes.push({ member: id, kind: 'email', value: email })
  if (phone !== undefined) changes.push({ member: id, kind: 'phone', value: phone })
  return changes
}

/**
 * The ids of these members, locked in order of id; who is unknown becomes a bare member. When all are known this is
 * one statement. Nothing is locked while one is missing: adding waits for others who add the same id, and whoever
 * waits like that must hold no member that they may want.
 */
export async function ensureMembers(tx: Tx, externalIds: string[]): Promise<Map<string, number>> {
  const wanted = [...new Set(externalIds)]
  for (;;) {
    const locked = await lockKnown(tx, wanted)
    if (locked.length === wanted.length) return new Map(locked.map((row) => [row.external_id, row.id]))
    await addBare(tx, wanted)
  }
}

async function lockKnown(tx: Tx, externalIds: string[]): Promise<{ id: number; external_id: string }[]> {
  return tx.rows(
    `select id, external_id from member
     where external_id = any($1::text[])
       and (select count(*) from member where external_id = any($1::text[])) = cardinality($1::text[])
     order by id for no key update`,
    [externalIds],
    'lock-known-members',
  )
}

/** In order of their external ids, so that two who add the same members wait for each other one way only. */
async function addBare(tx: Tx, externalIds: string[]): Promise<void> {
  await tx.rows(
    `insert into member (workspace, external_id)
     select current_setting('app.workspace')::int, wanted from unnest($1::text[]) wanted
     where not exists (select from member where external_id = wanted) order by wanted
     on conflict do nothing`,
    [externalIds],
    'add-bare-members',
  )
}
