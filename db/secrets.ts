import { recordAudit } from './audit.ts'
import { missing } from './fault.ts'
import type { Db, Tx } from './pool.ts'
import { seal, unseal } from './seal.ts'

/** A stored secret as it is shown: never its value. */
export interface SecretRow {
  name: string
  set_at: Date
}

/** Stores a value that nothing but a signature ever shows again. */
export async function putSecret(
  tx: Tx,
  { name, value }: { name: string; value: string },
  by: { workspace: number; secret: string; actor: string },
): Promise<SecretRow> {
  const sealed = seal(by.secret, placeOf(by.workspace, name), value)
  const [row] = await tx.rows<SecretRow>(
    `insert into secret (workspace, name, sealed) values ($1, $2, $3)
     on conflict (workspace, name) do update set sealed = excluded.sealed, set_at = now() returning name, set_at`,
    [by.workspace, name, sealed],
  )
  await recordAudit(tx, { actor: by.actor, action: 'secret.put', subject: name })
  return row! // an insert of one row returns it
}

export async function listSecrets(
  tx: Tx,
  { after, limit }: { after: string; limit: number },
): Promise<SecretRow[]> {
  return tx.rows<SecretRow>('select name, set_at from secret where name > $1 order by name limit $2', [
    after,
    limit,
  ])
}

export async function deleteSecret(tx: Tx, name: string, actor: string): Promise<void> {
  const gone = await tx.rows('delete from secret where name = $1 returning 1', [name])
  if (gone.length === 0) throw missing('secret')
  await recordAudit(tx, { actor, action: 'secret.delete', subject: name })
}

/** The values by name; without those that are missing or were sealed under another FANFARE_SECRET. */
export async function openSecrets(
  db: Db,
  { workspace, secret, names }: { workspace: number; secret: string; names: string[] },
): Promise<Map<string, string>> {
  const values = new Map<string, string>()
  if (names.length === 0) return values
  const rows = await db.inWorkspace(workspace, (tx) =>
    tx.rows<{ name: string; sealed: Buffer }>(
      'select name, sealed from secret where name = any($1::text[])',
      [[...new Set(names)]],
    ),
  )
  for (const { name, sealed } of rows) {
    const value = unseal(secret, placeOf(workspace, name), sealed)
    if (value !== undefined) values.set(name, value)
  }
  return values
}

const placeOf = (workspace: number, name: string) => ({ workspace, purpose: `secret ${name}` })
