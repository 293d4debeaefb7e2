import { createHash } from 'node:crypto'
import { noteEventTypes } from './event-types.ts'
import { wakeExits } from './exits.ts'
import { enter, type Entrant } from './enter.ts'
import type { Lane } from './hot/stands.ts'
import { wakeAwaitingEvents } from './hot/wake-waiting.ts'
import { ensureMembers } from './members.ts'
import type { Memory } from './memory.ts'
import type { Tx } from './pool.ts'

/** An event as a domain system posted it; `member` is the member's external id. */
export interface PostedEvent {
  id: string
  type: string
  member: string
  at: Date
  data: Record<string, unknown>
}

export interface Ingesting {
  workspace: number
  posted: PostedEvent[]
  /** Whoever enters by them travels in this lane; urgent if left out. */
  lane?: Lane
  /** What happened long ago is remembered and counted, and starts, wakes and ends nothing. */
  history?: boolean
}

export interface Ingested {
  accepted: number
  duplicates: number
}

/**
 * Stores events with everything they cause, in the caller's transaction: deduplicated rows, entries at the trigger of
 * live flows, waits that they end, journeys that they end. Members are locked first, in order of id, so an event and a decision about the
 * same member never pass each other unseen.
 */
export async function ingest(tx: Tx, memory: Memory, ingesting: Ingesting): Promise<Ingested> {
  const { workspace, posted, lane = 'urgent', history = false } = ingesting
  const members = await ensureMembers(tx, [...new Set(posted.map((event) => event.member))])
  const fresh = await remember(tx, posted)
  const stored = await store(tx, fresh, members)
  await noteEventTypes(tx, workspace, stored)
  if (!history) await act(tx, memory, { stored, lane })
  return { accepted: fresh.length, duplicates: posted.length - fresh.length }
}

async function act(tx: Tx, memory: Memory, { stored, lane }: Arriving): Promise<void> {
  const types = [...new Set(stored.map((event) => event.type))]
  const cause = { members: stored.map((event) => event.memberId), cause: { events: types } }
  await Promise.all([
    enterFlows(tx, memory, { stored, lane }),
    // One after the other: the messages of those who leave are locked before any enrollment is.
    wakeExits(tx, memory, cause).then(() => wakeAwaitingEvents(tx, stored)),
  ])
}

interface Arriving {
  stored: StoredEvent[]
  lane: Lane
}

/** The events whose ids were never seen. Keys go in in order, so that two batches wait for each other, never both ways. */
async function remember(tx: Tx, posted: PostedEvent[]): Promise<PostedEvent[]> {
  const byKey = new Map<string, PostedEvent>()
  for (const event of posted) {
    const key = eventKey(event.id)
    if (!byKey.has(key)) byKey.set(key, event)
  }
  const keys = [...byKey.keys()].toSorted()
  const fresh = await tx.rows<{ key: string }>(
    `insert into event_key (workspace, key)
     select current_setting('app.workspace')::int, key from unnest($1::uuid[]) key order by key
     on conflict do nothing returning key`,
    [keys],
    'remember-events',
  )
  const isFresh = new Set(fresh.map((row) => row.key))
  return [...byKey].filter(([key]) => isFresh.has(key)).map(([, event]) => event)
}

/** The first 16 bytes of SHA-256 as a uuid: however long an id is, its key is short and of fixed size. */
function eventKey(id: string): string {
  const hex = createHash('sha256').update(id).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  )
}

export interface StoredEvent extends PostedEvent {
  seq: number
  memberId: number
}

async function store(tx: Tx, fresh: PostedEvent[], members: Map<string, number>): Promise<StoredEvent[]> {
  if (fresh.length === 0) return []
  const events = fresh.map((event) => ({ ...event, memberId: members.get(event.member) ?? 0 }))
  const rows = events.map(({ id, type, memberId, at, data }) => ({ id, type, member: memberId, at, data }))
  const ids = await tx.rows<{ id: number; external_id: string }>(
    `insert into event (workspace, external_id, type, member, at, data)
     select current_setting('app.workspace')::int, r.id, r.type, r.member, r.at, r.data
     from jsonb_to_recordset($1::jsonb) r(id text, type text, member bigint, at timestamptz, data jsonb)
     returning id, external_id`,
    [JSON.stringify(rows)],
    'store-events',
  )
  const seqs = new Map(ids.map((row) => [row.external_id, row.id]))
  return events.map((event) => ({ ...event, seq: seqs.get(event.id) ?? 0 }))
}

/** Entries go to the version that is live now: the flow's row is shared until commit, so no publish or stop slips in. */
async function enterFlows(tx: Tx, memory: Memory, { stored, lane }: Arriving): Promise<void> {
  if (stored.length === 0) return
  const open = await tx.rows<{ version: number }>(
    `select version from flow where state in ('live', 'paused') and id in (
       select flow from listener where role = 'start' and event_type = any($1::text[]))
     order by id for share`,
    [[...new Set(stored.map((event) => event.type))]],
    'open-flows',
  )
  for (const { version } of open) {
    const { plan } = await memory.version(tx, version)
    const trigger = plan.nodes[plan.start]
    const event = trigger?.kind === 'trigger' && trigger.on.by === 'event' ? trigger.on.event : null
    const entrants = stored.filter((one) => one.type === event).map(entrant)
    await enter(tx, memory, { version, entrants, lane })
  }
}

function entrant(event: StoredEvent): Entrant {
  const { id, type, data, seq, memberId } = event
  return { member: memberId, seq, entry: { id, type, at: event.at.getTime(), data } }
}
