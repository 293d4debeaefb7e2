import type { AddressKind } from '../flow/channels/channel.ts'
import type { Digest } from './digest.ts'
import type { Tx } from './pool.ts'

/** The one address of this kind from now on; null for none. */
export interface AddressChange {
  member: number
  kind: AddressKind
  value: string | null
}

/** Puts new addresses in the place of all of their kind and answers the ids of members whose addresses changed. */
export async function replaceAddresses(tx: Tx, digest: Digest, changes: AddressChange[]): Promise<number[]> {
  if (changes.length === 0) return []
  const changed = await tx.rows<{ member: number }>(
    `with said as (
       select * from unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[]) r(member, kind, value, digest)
     ), gone as (
       delete from address a using said r
       where a.member = any($1::bigint[]) and a.member = r.member and a.kind = r.kind and a.value is distinct from r.value
       returning a.member
     ), added as (
       insert into address (workspace, member, kind, value, digest)
       select current_setting('app.workspace')::int, member, kind, value, digest from said where value is not null
       on conflict do nothing returning member
     )
     select member from gone union select member from added`,
    columnsOf(changes, digest),
  )
  return changed.map((row) => row.member)
}

/** The addresses of members who have none yet, because they were just added: nothing to look for, nothing to replace. */
export async function addAddresses(tx: Tx, digest: Digest, changes: AddressChange[]): Promise<void> {
  const given = changes.filter(({ value }) => value !== null)
  if (given.length === 0) return
  await tx.rows(
    `insert into address (workspace, member, kind, value, digest)
     select current_setting('app.workspace')::int, member, kind, value, digest
     from unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[]) r(member, kind, value, digest)`,
    columnsOf(given, digest),
    'add-addresses',
  )
}

function columnsOf(changes: AddressChange[], digest: Digest): unknown[][] {
  return [
    changes.map((one) => one.member),
    changes.map((one) => one.kind),
    changes.map((one) => one.value),
    changes.map((one) => (one.value === null ? null : digest(one.kind, one.value))),
  ]
}
