import { conflict, missing } from './fault.ts'
import type { Tx } from './pool.ts'

type FlowState = 'draft' | 'live' | 'paused' | 'stopped'

export interface FlowRow {
  id: number
  name: string
  state: FlowState
  draft: unknown
  revision: number
  /** The number of the version that is live, or was last. */
  number: number | null
  version: number | null
  paused_at: Date | null
  created_at: Date
  updated_at: Date
}

const COLUMNS = `f.id, f.name, f.state, f.draft, f.revision, f.version, f.paused_at, f.created_at, f.updated_at,
  (select number from flow_version v where v.id = f.version) number`

export async function createFlow(tx: Tx, flow: { name: string; draft: unknown }): Promise<FlowRow> {
  const [row] = await tx.rows<FlowRow>(
    `with f as (insert into flow (workspace, name, draft) values (current_setting('app.workspace')::int, $1, $2) returning *)
     select ${COLUMNS} from f`,
    [flow.name, JSON.stringify(flow.draft)],
  )
  if (!row) throw missing('flow')
  return row
}

/** Newest first, after the flow with id `before`. */
export async function listFlows(tx: Tx, page: { limit: number; before?: number }): Promise<FlowRow[]> {
  return tx.rows<FlowRow>(
    `select ${COLUMNS} from flow f where f.kind = 'drawn' and ($1::int is null or f.id < $1) order by f.id desc limit $2`,
    [page.before ?? null, page.limit],
  )
}

export async function readFlow(tx: Tx, id: number): Promise<FlowRow> {
  const [row] = await tx.rows<FlowRow>(`select ${COLUMNS} from flow f where f.id = $1 and f.kind = 'drawn'`, [
    id,
  ])
  if (!row) throw missing('flow')
  return row
}

/** The same, held until the transaction ends: acts on a flow happen one after the other. */
export async function holdFlow(tx: Tx, id: number): Promise<FlowRow> {
  await tx.rows('select 1 from flow where id = $1 for update', [id])
  return readFlow(tx, id)
}

export async function replaceDraft(
  tx: Tx,
  of: { id: number; revision: number; name: string; draft: unknown },
): Promise<FlowRow> {
  const flow = await holdFlow(tx, of.id)
  if (flow.revision !== of.revision) {
    const detail = `The draft is at revision ${flow.revision} by now. Read it, merge your change and send it with that revision.`
    throw conflict('stale-revision', detail)
  }
  await tx.rows(
    'update flow set draft = $2, name = $3, revision = revision + 1, updated_at = now() where id = $1',
    [of.id, JSON.stringify(of.draft), of.name],
  )
  return readFlow(tx, of.id)
}

export interface VersionRow {
  id: number
  number: number
  document: unknown
  note: string | null
  author: string | null
  published_at: Date
}

export async function listVersions(
  tx: Tx,
  of: { flow: number; limit: number; before?: number },
): Promise<VersionRow[]> {
  return tx.rows<VersionRow>(
    `select id, number, document, note, author, published_at from flow_version
     where flow = $1 and number is not null and ($2::int is null or number < $2) order by number desc limit $3`,
    [of.flow, of.before ?? null, of.limit],
  )
}

export async function readVersionNumber(tx: Tx, of: { flow: number; number: number }): Promise<VersionRow> {
  const [row] = await tx.rows<VersionRow>(
    'select id, number, document, note, author, published_at from flow_version where flow = $1 and number = $2',
    [of.flow, of.number],
  )
  if (!row) throw missing('version')
  return row
}
