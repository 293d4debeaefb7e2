import { recordAudit } from './audit.ts'
import { conflict, missing } from './fault.ts'
import { encodeId } from './ids.ts'
import type { Db, Tx } from './pool.ts'
import { seal, unseal } from './seal.ts'

/** A stored secret as it is shown: never its value. */
export interface StoredSecret {
  name: string
  setAt: Date
  /** Public ids of the flows that run and sign with it. */
  flows: string[]
}

interface Row {
  name: string
  set_at: Date
}

/** Stores a value that nothing but a signature ever shows again. */
export async function putSecret(
  tx: Tx,
  { name, value }: { name: string; value: string },
  by: { workspace: number; secret: string; actor: string },
): Promise<StoredSecret> {
  const sealed = seal(by.secret, placeOf(by.workspace, name), value)
  const [row] = await tx.rows<Row>(
    `insert into secret (workspace, name, sealed) values ($1, $2, $3)
     on conflict (workspace, name) do update set sealed = excluded.sealed, set_at = now() returning name, set_at`,
    [by.workspace, name, sealed],
  )
  await recordAudit(tx, { actor: by.actor, action: 'secret.put', subject: name })
  return shown(row!, await flowsBySecret(tx)) // an insert of one row returns it
}

export async function listSecrets(
  tx: Tx,
  { after, limit }: { after: string; limit: number },
): Promise<StoredSecret[]> {
  const rows = await tx.rows<Row>('select name, set_at from secret where name > $1 order by name limit $2', [
    after,
    limit,
  ])
  const flows = await flowsBySecret(tx)
  return rows.map((row) => shown(row, flows))
}

/** One that a running flow signs with stays: its calls would fail from then on. A new value may be stored instead. */
export async function deleteSecret(tx: Tx, name: string, actor: string): Promise<void> {
  const gone = await tx.rows('delete from secret where name = $1 returning 1', [name])
  if (gone.length === 0) throw missing('secret')
  const users = (await flowsBySecret(tx)).get(name) ?? []
  if (users.length > 0) throw conflict('secret-in-use', inUse(users))
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

/** Which running flows name which secret. */
async function flowsBySecret(tx: Tx): Promise<Map<string, string[]>> {
  const rows = await tx.rows<{ flow: number; name: string }>(
    `select distinct f.id flow, named.value #>> '{}' name
     from flow f join flow_version v on v.id = f.version
     cross join jsonb_path_query(v.plan, '$.nodes.*.request.secret ? (@ != null)') named(value)
     where f.state in ('live', 'paused') order by flow`,
  )
  const grouped = Map.groupBy(rows, ({ name }) => name)
  return new Map([...grouped].map(([name, own]) => [name, own.map(({ flow }) => encodeId('flow', flow))]))
}

function shown({ name, set_at }: Row, flows: Map<string, string[]>): StoredSecret {
  return { name, setAt: set_at, flows: flows.get(name) ?? [] }
}

function inUse(flows: string[]): string {
  return `${flows.join(', ')} signs with it. Store a new value under its name, or stop the flow first.`
}

const placeOf = (workspace: number, name: string) => ({ workspace, purpose: `secret ${name}` })
