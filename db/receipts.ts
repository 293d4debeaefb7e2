import type { Channel } from '../flow/channels/channel.ts'
import type { ReceiptKind } from '../flow/receipt.ts'
import type { Desk } from './desk.ts'
import { lockMembers } from './hot/claim.ts'
import { makeRoom } from './hot/room.ts'
import { advanceMessages } from './receipt-progress.ts'
import { heed, sharers, wakeAwaiting } from './receipt-effects.ts'
import type { Db, Tx } from './pool.ts'

/** A report about a message, known by our id or by its provider's. `key` is the same when it is delivered again. */
export interface Receipt {
  key: string
  message: number | null
  transport: number | null
  providerId: string | null
  kind: ReceiptKind
  at: Date
  data: ReceiptData | null
}

export interface ReceiptData {
  /** What the member wrote, for `replied`. */
  text?: string
  /** A bounce for good: the address must not be used again. */
  hard?: boolean
  /** The provider's words, without the address. */
  response?: string
  /** The link that was followed. */
  url?: string
  /** A mail service fetched the picture, whether anybody looked or not. */
  proxy?: boolean
}

/** The message a receipt is about. */
interface Subject {
  id: number
  period: string
  member: number
  enrollment: number
  node: string
  channel: Channel
  topic: string | null
  to: string | null
  transport: number
  provider_id: string | null
}

export interface Matched {
  receipt: Receipt
  subject: Subject
}

/** Stores receipts with all they cause. The other side of an early one may commit meanwhile, so it is looked for after. */
export async function takeReceipts(
  db: Db,
  to: Desk & { workspace: number },
  receipts: Receipt[],
): Promise<number> {
  const { recorded, early } = await db.inWorkspace(to.workspace, (tx) => recordReceipts(tx, to, receipts))
  for (const [transport, own] of Map.groupBy(early, (receipt) => receipt.transport)) {
    const providerIds = own.flatMap((receipt) => receipt.providerId ?? [])
    if (transport === null || providerIds.length === 0) continue
    await db.inWorkspace(to.workspace, (tx) => matchEarlyReceipts(tx, to, { transport, providerIds }))
  }
  return recorded
}

/**
 * Appends receipts that were not seen before and acts on those whose message is known, in whatever order they come.
 * `early` are those whose message is not: they are kept until `matchEarlyReceipts`.
 */
export async function recordReceipts(
  tx: Tx,
  desk: Desk,
  receipts: Receipt[],
): Promise<{ recorded: number; early: Receipt[] }> {
  const matched = await findSubjects(tx, receipts)
  await lockAll(tx, desk, matched)
  const subjects = new Map(matched.map(({ receipt, subject }) => [receipt, subject]))
  const fresh = await append(tx, receipts, subjects)
  await act(
    tx,
    desk,
    matched.filter(({ receipt }) => fresh.has(receipt)),
  )
  return { recorded: fresh.size, early: [...fresh].filter((receipt) => !subjects.has(receipt)) }
}

/** Receipts that came before their message's provider id was stored: the other side calls this after it stored them. */
export async function matchEarlyReceipts(
  tx: Tx,
  desk: Desk,
  of: { transport: number; providerIds: string[] },
): Promise<number> {
  const waiting = await tx.rows<Receipt & { id: number }>(
    `select id, key, message, transport, provider_id "providerId", kind, at, data from receipt
     where transport = $1 and provider_id = any($2::text[]) and message is null`,
    [of.transport, of.providerIds],
    'early-receipts',
  )
  if (waiting.length === 0) return 0
  const matched = await findSubjects(tx, waiting)
  await lockAll(tx, desk, matched)
  const ids = new Map<Receipt, number>(waiting.map((receipt) => [receipt, receipt.id]))
  const rows = matched.map(({ receipt, subject }) => ({ id: ids.get(receipt), message: subject.id }))
  const taken = await tx.rows<{ id: number }>(
    `update receipt t set message = r.message from jsonb_to_recordset($2::jsonb) r(id bigint, message bigint)
     where t.id = any($1::bigint[]) and t.id = r.id and t.message is null returning t.id`,
    [rows.map((row) => row.id), JSON.stringify(rows)],
  )
  const mine = new Set(taken.map((row) => row.id))
  await act(
    tx,
    desk,
    matched.filter(({ receipt }) => mine.has(ids.get(receipt) ?? 0)),
  )
  return mine.size
}

async function findSubjects(tx: Tx, receipts: Receipt[]): Promise<Matched[]> {
  const columns = 'id, period, member, enrollment, node, channel, topic, "to", transport, provider_id'
  const ids = receipts.flatMap((receipt) => receipt.message ?? [])
  const known = await tx.rows<Subject>(
    `select ${columns} from message where id = any($1::bigint[])`,
    [ids],
    'receipt-subjects',
  )
  const others = receipts.filter((receipt) => receipt.message === null && receipt.providerId !== null)
  const named = await tx.rows<Subject>(
    `select ${columns} from message where transport = any($1::int[]) and provider_id = any($2::text[])`,
    [others.map((receipt) => receipt.transport), others.map((receipt) => receipt.providerId)],
    'receipt-subjects-by-provider',
  )
  const byId = new Map(known.map((row) => [row.id, row]))
  const byName = new Map(named.map((row) => [`${row.transport} ${row.provider_id}`, row]))
  return receipts.flatMap((receipt) => {
    const subject =
      receipt.message === null
        ? byName.get(`${receipt.transport} ${receipt.providerId}`)
        : byId.get(receipt.message)
    return subject ? [{ receipt, subject }] : []
  })
}

/** Also those who share an address that a bounce or complaint is about to suppress: their messages stop with it. */
async function lockAll(tx: Tx, desk: Desk, matched: Matched[]): Promise<void> {
  if (matched.length === 0) return
  const others = await sharers(tx, desk, matched)
  await lockMembers(tx, [...matched.map(({ subject }) => subject.member), ...others])
}

/**
 * In the month of the report's own instant: a second delivery finds the first, also when its message is known by then.
 * A provider's clock that runs ahead is held back: the months to come must stay empty until they are made.
 */
async function append(tx: Tx, receipts: Receipt[], subjects: Map<Receipt, Subject>): Promise<Set<Receipt>> {
  const byKey = new Map(receipts.toReversed().map((receipt) => [receipt.key, receipt]))
  const rows = [...byKey.values()].map((receipt) => {
    const subject = subjects.get(receipt)
    const known = { transport: receipt.transport ?? subject?.transport, message: subject?.id ?? null }
    return { ...receipt, ...known, providerId: receipt.providerId ?? subject?.provider_id }
  })
  const stored = await tx.rows<{ key: string }>(
    `insert into receipt (workspace, period, key, message, transport, provider_id, kind, at, data)
     select current_setting('app.workspace')::int, date_trunc('month', least(r.at, now()))::date, r.key, r.message,
       r.transport, r."providerId", r.kind, least(r.at, now()), r.data
     from jsonb_to_recordset($1::jsonb) r(key text, message bigint, transport int, "providerId" text, kind text,
       at timestamptz, data jsonb)
     order by r.key on conflict do nothing returning key`,
    [JSON.stringify(rows)],
    'append-receipts',
  )
  return new Set(stored.flatMap((row) => byKey.get(row.key) ?? []))
}

async function act(tx: Tx, desk: Desk, matched: Matched[]): Promise<void> {
  if (matched.length === 0) return
  await advanceMessages(tx, matched)
  await heed(tx, desk, matched)
  await wakeAwaiting(tx, matched)
  const failed = matched.filter(({ receipt: { kind } }) => kind === 'bounced' || kind === 'failed')
  await makeRoom(
    tx,
    failed.map(({ subject }) => subject.member),
  )
}
