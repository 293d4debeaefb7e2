import { conflict, missing } from './fault.ts'
import type { Tx } from './pool.ts'

type ImportKind = 'members' | 'events' | 'list' | 'consents'

/** What is sent: rows of a kind, for a list perhaps, under a key perhaps. */
export interface ImportOf {
  kind: ImportKind
  list: string | null
  /** With a key it can be sent again, and goes on where it stopped. */
  key: string | null
  file: string | null
  author: string
}

/** How far an import has come. `digest` is over how the file is read and its first `bytes` bytes. */
export interface ImportProgress {
  bytes: number
  digest: Buffer
  rows: number
  accepted: number
  duplicates: number
  rejected: number
}

export interface ImportRow extends ImportOf, ImportProgress {
  id: number
  /** Stopped: it can go on. Failed: something in the file must be mended first. */
  state: 'running' | 'done' | 'stopped' | 'failed'
  reason: { code: string; message: string } | null
  turn: number
  startedAt: Date
  endedAt: Date | null
}

// One that a dead process has left says "running" for good: who has moved nothing for so long has stopped.
const STATE = `case when i.state = 'running' and i.moved_at < now() - interval '1 minute' then 'stopped' else i.state end`
const ROW = `i.id, i.kind, i.list, i.key, i.file, i.author, ${STATE} state, i.reason, i.turn, i.bytes, i.digest,
  i.rows, i.accepted, i.duplicates, i.rejected, i.started_at "startedAt", i.ended_at "endedAt"`

/**
 * Begins an import, or takes up the one with this key: whoever held it before stores nothing more. One that is done
 * stays as it is.
 */
export async function holdImport(tx: Tx, of: ImportOf, digest: Buffer): Promise<ImportRow> {
  const [row] = await tx.rows<ImportRow>(
    `insert into import as i (workspace, kind, list, key, file, author, digest)
     values (current_setting('app.workspace')::int, $1, $2, $3, $4, $5, $6)
     on conflict (workspace, kind, coalesce(list, ''), key) where key is not null
     do update set turn = i.turn + 1, state = case i.state when 'done' then 'done' else 'running' end,
       reason = null, moved_at = now(), ended_at = case i.state when 'done' then i.ended_at end
     returning ${ROW}`,
    [of.kind, of.list, of.key, of.file, of.author, digest],
  )
  if (!row) throw new Error('an insert that meets its twin answers with it')
  return row
}

/** Moves on in the transaction that stored the rows; refused to whom another has taken it from. */
export async function moveImport(tx: Tx, { id, turn }: ImportRow, to: ImportProgress): Promise<void> {
  const moved = await tx.rows(
    `update import set bytes = $3, digest = $4, rows = $5, accepted = $6, duplicates = $7, rejected = $8, moved_at = now()
     where id = $1 and turn = $2 and state = 'running' returning 1`,
    [id, turn, to.bytes, to.digest, to.rows, to.accepted, to.duplicates, to.rejected],
    'move-import',
  )
  if (moved.length === 0)
    throw conflict(
      'import-taken-over',
      'Another request with the same Idempotency-Key has taken this import over. Its answer counts.',
    )
}

/** All rows have been dealt with: `bytes` and `digest` are of the whole file. */
export async function finishImport(tx: Tx, held: ImportRow, to: ImportProgress): Promise<void> {
  await moveImport(tx, held, to)
  await endImport(tx, held, { state: 'done', reason: null })
}

/** Ends this turn of an import, unless another has begun meanwhile. */
export async function endImport(
  tx: Tx,
  { id, turn }: ImportRow,
  end: Pick<ImportRow, 'state' | 'reason'>,
): Promise<void> {
  await tx.rows(
    `update import set state = $3, reason = $4, moved_at = now(), ended_at = now()
     where id = $1 and turn = $2 and state = 'running'`,
    [id, turn, end.state, end.reason && JSON.stringify(end.reason)],
  )
}

export async function readImport(tx: Tx, id: number): Promise<ImportRow> {
  const [row] = await tx.rows<ImportRow>(`select ${ROW} from import i where i.id = $1`, [id])
  if (!row) throw missing('import')
  return row
}

/** Newest first, before the import with id `before`. */
export async function listImports(
  tx: Tx,
  { limit, before }: { limit: number; before?: number | undefined },
): Promise<ImportRow[]> {
  return tx.rows<ImportRow>(
    `select ${ROW} from import i where $1::bigint is null or i.id < $1 order by i.id desc limit $2`,
    [before ?? null, limit],
  )
}

/** How many are under way in this workspace. */
export async function countRunning(tx: Tx): Promise<number> {
  const [row] = await tx.rows<{ n: number }>(`select count(*) n from import i where ${STATE} = 'running'`)
  return row?.n ?? 0
}
