import { advance, type Progress } from '../flow/receipt.ts'
import type { Reason } from '../flow/reason.ts'
import type { Tx } from './pool.ts'
import type { Matched, Receipt } from './receipts.ts'

interface Row {
  id: number
  period: string
  status: Progress['status']
  reason: Reason | null
  sent_at: Date | null
  delivered_at: Date | null
  read_at: Date | null
  opened_at: Date | null
  clicked_at: Date | null
  failed_at: Date | null
}

/** Raises the messages these receipts are about; never lowers one. The caller holds the members' locks. */
export async function advanceMessages(tx: Tx, matched: Matched[]): Promise<void> {
  const byMessage = Map.groupBy(matched, ({ subject }) => subject.id)
  const periods = [...new Set(matched.map(({ subject }) => subject.period))]
  const rows = await tx.rows<Row>(
    `select id, period, status, reason, sent_at, delivered_at, read_at, opened_at, clicked_at, failed_at from message
     where id = any($1::bigint[]) and period = any($2::date[]) order by id for no key update`,
    [[...byMessage.keys()], periods],
    'hold-reported',
  )
  const raised = rows.map((row) => {
    const reports = (byMessage.get(row.id) ?? []).map(reportOf)
    return { id: row.id, ...stored(reports.reduce(advance, progressOf(row))) }
  })
  await tx.rows(
    `update message m set status = r.status, reason = r.reason, sent_at = r.sent_at, delivered_at = r.delivered_at,
       read_at = r.read_at, opened_at = r.opened_at, clicked_at = r.clicked_at, failed_at = r.failed_at,
       retry_at = case when r.status = 'pending' then m.retry_at end
     from jsonb_to_recordset($3::jsonb) r(id bigint, status text, reason jsonb, sent_at timestamptz,
       delivered_at timestamptz, read_at timestamptz, opened_at timestamptz, clicked_at timestamptz, failed_at timestamptz)
     where m.id = any($1::bigint[]) and m.period = any($2::date[]) and m.id = r.id`,
    [raised.map((row) => row.id), periods, JSON.stringify(raised)],
    'advance-messages',
  )
}

function reportOf({ receipt, subject }: Matched) {
  return { kind: receipt.kind, at: receipt.at.getTime(), reason: reasonOf(receipt, subject.channel) }
}

function reasonOf({ kind, data }: Receipt, channel: string): Reason | null {
  if (kind === 'bounced') return { code: 'bounced', args: { channel, hard: data?.hard ?? false } }
  return kind === 'failed' ? { code: 'not-delivered', args: { channel } } : null
}

function progressOf(row: Row): Progress {
  return {
    status: row.status,
    reason: row.reason,
    sentAt: millis(row.sent_at),
    deliveredAt: millis(row.delivered_at),
    readAt: millis(row.read_at),
    openedAt: millis(row.opened_at),
    clickedAt: millis(row.clicked_at),
    failedAt: millis(row.failed_at),
  }
}

function stored(progress: Progress) {
  return {
    status: progress.status,
    reason: progress.reason,
    sent_at: instant(progress.sentAt),
    delivered_at: instant(progress.deliveredAt),
    read_at: instant(progress.readAt),
    opened_at: instant(progress.openedAt),
    clicked_at: instant(progress.clickedAt),
    failed_at: instant(progress.failedAt),
  }
}

const millis = (at: Date | null): number | null => at?.getTime() ?? null
const instant = (at: number | null): Date | null => (at === null ? null : new Date(at))
