import { createHash, randomBytes } from 'node:crypto'
import { missing } from './fault.ts'
import type { Db, Tx } from './pool.ts'
import { ensureWorkspace } from './workspaces.ts'

export interface KeyRow {
  id: number
  name: string
  prefix: string
  scopes: string[]
  created_at: Date
  last_used_at: Date | null
  revoked_at: Date | null
}

const COLUMNS = 'id, name, prefix, scopes, created_at, last_used_at, revoked_at'
const digest = (key: string): string => createHash('sha256').update(key).digest('hex')

/** A new key. The text is shown once and kept as its SHA-256 only: 256 random bits need no salt and no slow hash. */
export async function createKey(
  tx: Tx,
  workspace: number,
  { name, scopes }: { name: string; scopes: string[] },
): Promise<{ key: string; row: KeyRow }> {
  const key = `ff_${randomBytes(32).toString('base64url')}`
  return { key, row: await storeKey(tx, workspace, { key, name, scopes, prefix: key.slice(0, 9) }) }
}

/** Makes `key` an all-scopes key of the workspace `main` unless it was ever known: a revoked one stays revoked. */
export async function ensureFirstKey(db: Db, key: string): Promise<void> {
  const workspace = await ensureWorkspace(db, { key: 'main', name: 'Main' })
  await db.inWorkspace(workspace, async (tx) => {
    await tx.rows(`select pg_advisory_xact_lock(hashtext('first api key'))`) // several processes start at once
    const known = await tx.rows(`select 1 from public_id where kind = 'api-key' and id = $1`, [digest(key)])
    if (known.length > 0) return
    await storeKey(tx, workspace, { key, name: 'First key', scopes: ['*'], prefix: key.slice(0, 4) })
  })
}

export async function listKeys(
  tx: Tx,
  { before, limit }: { before?: number; limit: number },
): Promise<KeyRow[]> {
  return tx.rows<KeyRow>(
    `select ${COLUMNS} from api_key where ($1::int is null or id < $1) order by id desc limit $2`,
    [before ?? null, limit],
  )
}

export async function revokeKey(tx: Tx, id: number): Promise<KeyRow> {
  const [row] = await tx.rows<KeyRow>(
    `update api_key set revoked_at = coalesce(revoked_at, now()) where id = $1 returning ${COLUMNS}`,
    [id],
  )
  if (!row) throw missing('key')
  return row
}

/** Who a key belongs to; undefined when it is unknown or revoked. Notes the use, at most once a minute. */
export async function findKey(db: Db, key: string) {
  const [place] = await db.outside((tx) =>
    tx.rows<{ workspace: number; row: number }>(
      `select workspace, row from public_id where kind = 'api-key' and id = $1`,
      [digest(key)],
    ),
  )
  if (!place) return undefined
  const { workspace, row: id } = place
  return db.inWorkspace(workspace, async (tx) => {
    const [row] = await tx.rows<{ name: string; scopes: string[]; idle: boolean }>(
      `select name, scopes, coalesce(last_used_at < now() - interval '1 minute', true) as idle
       from api_key where id = $1 and revoked_at is null`,
      [id],
    )
    if (!row) return undefined
    if (row.idle) await tx.rows(`update api_key set last_used_at = now() where id = $1`, [id])
    return { key: id, workspace, name: row.name, scopes: row.scopes }
  })
}

interface NewKey {
  key: string
  name: string
  scopes: string[]
  prefix: string
}

async function storeKey(tx: Tx, workspace: number, { key, name, scopes, prefix }: NewKey): Promise<KeyRow> {
  const [row] = await tx.rows<KeyRow>(
    `insert into api_key (workspace, name, prefix, scopes) values ($1, $2, $3, $4) returning ${COLUMNS}`,
    [workspace, name, prefix, scopes],
  )
  await tx.rows(`insert into public_id (kind, id, workspace, row) values ('api-key', $1, $2, $3)`, [
    digest(key),
    workspace,
    row!.id, // an insert of one row returns it
  ])
  return row!
}
