import { addAddresses, replaceAddresses, type AddressChange } from './addresses.ts'
import { recordConsents } from './consents.ts'
import type { Desk } from './desk.ts'
import { wakeExits } from './exits.ts'
import { wakeChanged } from './hot/wake-waiting.ts'
import type { MemberChange } from './member-change.ts'
import { foldChanges, type Folded } from './member-fold.ts'
import { addBare, addWithProfiles, type Newcomer } from './new-members.ts'
import { replanDates } from './occurrences.ts'
import type { Tx } from './pool.ts'
import { writeProfiles } from './profiles.ts'

/** Stores changes in the order given, all or nothing. Answers how many members they are about. */
export async function upsertMembers(tx: Tx, desk: Desk, changes: MemberChange[]): Promise<number> {
  const folded = foldChanges(changes)
  const { ids, isNew } = await ensureWithProfiles(tx, folded)
  const members = folded.map((one) => ({ ...one, id: ids.get(one.externalId) ?? 0 }))
  const [added, known] = [
    members.filter(({ id }) => isNew.has(id)),
    members.filter(({ id }) => !isNew.has(id)),
  ]
  await addAddresses(tx, desk.digest, added.flatMap(addressChanges))
  const changed = await writeProfiles(tx, known)
  const readdressed = await replaceAddresses(tx, desk.digest, known.flatMap(addressChanges))
  const touched = [...new Set([...changed.map((one) => one.id), ...readdressed])]
  await wakeExits(tx, desk.memory, { members: touched, cause: { changed: 'attributes' } })
  await wakeChanged(tx, changed)
  await replanDates(tx, desk.memory, [...changed.map((one) => one.id), ...isNew])
  await recordConsents(
    tx,
    desk,
    members.flatMap(({ id, consents }) => consents.map((one) => ({ ...one, member: id }))),
  )
  return members.length
}

/** Locks all of them; who is unknown is added with what is said, and needs no second look. */
async function ensureWithProfiles(tx: Tx, folded: Folded[]) {
  const byName = new Map(folded.map((one) => [one.externalId, one]))
  const isNew = new Set<number>()
  const ids = await ensureMembers(tx, [...byName.keys()], async (unknown) => {
    const added = await addWithProfiles(
      tx,
      unknown.flatMap((name) => byName.get(name) ?? []),
    )
    for (const { id } of added) isNew.add(id)
    return added
  })
  return { ids, isNew }
}

function addressChanges({ id, email, phone }: Folded & { id: number }): AddressChange[] {
  const changes: AddressChange[] = []
  if (email !== undefined) changes.push({ member: id, kind: 'email', value: email })
  if (phone !== undefined) changes.push({ member: id, kind: 'phone', value: phone })
  return changes
}

/**
 * The ids of these members, locked in order of id; who is unknown becomes a bare member, or what `add` makes of them.
 * When all are known this is one statement. Nothing is locked while one is missing: adding waits for others who add the
 * same id, and whoever waits like that must hold no member that they may want. Nobody else sees who was just added.
 */
export async function ensureMembers(
  tx: Tx,
  externalIds: string[],
  add: (unknown: string[]) => Promise<Newcomer[]> = (unknown) => addBare(tx, unknown),
): Promise<Map<string, number>> {
  const ids = new Map<string, number>()
  let wanted = [...new Set(externalIds)]
  while (wanted.length > 0) {
    const locked = await lockKnown(tx, wanted)
    const added = locked.length > 0 ? [] : await add(await unknownOf(tx, wanted))
    for (const row of [...locked, ...added]) ids.set(row.external_id, row.id)
    wanted = wanted.filter((name) => !ids.has(name))
  }
  return ids
}

/** All of them, or none while one is missing. */
async function lockKnown(tx: Tx, externalIds: string[]): Promise<Newcomer[]> {
  return tx.rows(
    `select id, external_id from member
     where external_id = any($1::text[])
       and (select count(*) from member where external_id = any($1::text[])) = cardinality($1::text[])
     order by id for no key update`,
    [externalIds],
    'lock-known-members',
  )
}

async function unknownOf(tx: Tx, externalIds: string[]): Promise<string[]> {
  const known = await tx.rows<{ external_id: string }>(
    'select external_id from member where external_id = any($1::text[])',
    [externalIds],
    'known-members',
  )
  const names = new Set(known.map((row) => row.external_id))
  return externalIds.filter((name) => !names.has(name))
}
