import type { HopFact } from './facts.ts'
import type { Reason } from './reason.ts'

/** What can be reported about a message after it was handed over. */
export const RECEIPT_KINDS = [
  'sent',
  'delivered',
  'read',
  'opened',
  'clicked',
  'replied',
  'failed',
  'bounced',
  'complained',
  'opted-out',
] as const
export type ReceiptKind = (typeof RECEIPT_KINDS)[number]

/** A message's status only moves up. */
export const RANK: Record<HopFact['status'], number> = {
  pending: 0,
  sending: 1,
  unknown: 2,
  sent: 3,
  failed: 4,
  delivered: 5,
  read: 6,
}

/** How far a message got, and when. */
export interface Progress {
  status: HopFact['status']
  reason: Reason | null
  sentAt: number | null
  deliveredAt: number | null
  readAt: number | null
  openedAt: number | null
  clickedAt: number | null
  failedAt: number | null
}

export interface Report {
  kind: ReceiptKind
  at: number
  /** Why, for `failed` and `bounced`. */
  reason: Reason | null
}

// Only what left can be opened or answered: such a receipt also settles a message of unknown outcome.
const PROVES: Record<ReceiptKind, HopFact['status'] | null> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  opened: 'sent',
  clicked: 'sent',
  replied: 'sent',
  complained: 'sent',
  failed: 'failed',
  bounced: 'failed',
  'opted-out': null,
}

/** What a message's progress is after a report. In whatever order reports come, they lead to the same. */
export function advance(before: Progress, { kind, at, reason }: Report): Progress {
  const after = { ...before }
  const proven = PROVES[kind]
  if (proven === 'failed') fail(after, { at, reason })
  else if (proven) after.sentAt ??= at
  if (kind === 'delivered') after.deliveredAt = earliest(before.deliveredAt, at)
  if (kind === 'read') after.readAt = earliest(before.readAt, at)
  if (kind === 'opened') after.openedAt = earliest(before.openedAt, at)
  if (kind === 'clicked') after.clickedAt = earliest(before.clickedAt, at)
  if (proven && RANK[proven] > RANK[before.status]) {
    after.status = proven
    if (proven !== 'failed') after.reason = null
  }
  return after
}

/** The first failure is the one that is told, unless the message arrived after all. */
function fail(after: Progress, { at, reason }: Omit<Report, 'kind'>): void {
  const first = after.failedAt === null || at < after.failedAt
  if (first && RANK[after.status] <= RANK.failed) after.reason = reason
  after.failedAt = earliest(after.failedAt, at)
}

function earliest(known: number | null, at: number): number {
  return known === null ? at : Math.min(known, at)
}
