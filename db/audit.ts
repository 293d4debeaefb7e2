import type { EntityManager } from '@mikro-orm/postgresql'
import { Audit } from './entities/audit.ts'
import type { Tx } from './pool.ts'

/** Who did what to which thing. `before` and `after` hold no secrets and no addresses. */
export interface AuditEntry {
  actor: string
  action: string
  subject: string
  before?: unknown
  after?: unknown
}

/** Writes an act down in the transaction that does it. */
export async function recordAudit(
  tx: Tx,
  { actor, action, subject, before, after }: AuditEntry,
): Promise<void> {
  await tx.rows(
    `insert into audit (workspace, actor, action, subject, before, after)
     values (current_setting('app.workspace')::int, $1, $2, $3, $4, $5)`,
    [actor, action, subject, jsonOrNull(before), jsonOrNull(after)],
  )
}

/** The same where entities are written. */
export function createAudit(em: EntityManager, workspace: number, entry: AuditEntry): void {
  const { before = null, after = null, ...act } = entry
  em.create(Audit, { workspace, before, after, ...act })
}

const jsonOrNull = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value))
