import { digestWith } from '../../db/digest.ts'
import type { Desk } from '../../db/desk.ts'
import { memberChange, type MemberChange } from '../../db/member-change.ts'
import { openMemory } from '../../db/memory.ts'
import { findMember } from '../../db/member-views.ts'
import { upsertMembers } from '../../db/members.ts'
import type { Tx } from '../../db/pool.ts'
import { freshDatabase, type FreshDatabase } from '../support/fresh-database.ts'

/** A fresh database with what people do in it, each act in a transaction of its own. */
export async function openHouse() {
  return houseOn(await freshDatabase())
}

/** The same on the database of a server. */
export function houseOn({ db, workspace, url, close }: FreshDatabase) {
  const desk: Desk = { digest: digestWith('a secret of a test, long enough'), memory: openMemory() }
  const within = <T>(work: (tx: Tx) => Promise<T>) => db.inWorkspace(workspace, work)
  return {
    db,
    url,
    workspace,
    desk,
    close,
    within,
    rows: <R>(sql: string, params?: unknown[]) => within((tx) => tx.rows<R>(sql, params)),
    put: (...members: unknown[]) => within((tx) => upsertMembers(tx, desk, members.map(parsed))),
    member: (externalId: string) => within((tx) => findMember(tx, externalId)),
  }
}

export type House = ReturnType<typeof houseOn>

const parsed = (member: unknown): MemberChange => memberChange.parse(member)
