import { decodeId } from '../../db/ids.ts'
import type { Db } from '../../db/pool.ts'
import type { Reason } from '../../flow/reason.ts'
import type { Arrival } from '../support/smtp-sink.ts'

export interface LedgerRow {
  id: number
  enrollment: number
  node: string
  hop: number
  channel: string
  to: string
  status: string
  reason: Reason | null
  attempt: number
}

export interface EnrollmentRow {
  id: number
  member: string
  node: string
  state: 'active' | 'resting' | 'ended'
  walk: number | null
  reason: Reason | null
  mark: Reason | null
}

/** The rows as they are, for a test that looks behind the API. */
export interface Books {
  messages(of?: { member?: string }): Promise<LedgerRow[]>
  enrollments(of?: { member?: string }): Promise<EnrollmentRow[]>
  rows<R>(sql: string, params?: unknown[]): Promise<R[]>
}

export function openBooks(db: Db, workspace: number): Books {
  const rows = <R>(sql: string, params?: unknown[]) =>
    db.inWorkspace(workspace, (tx) => tx.rows<R>(sql, params))
  const which = (member: string | undefined) => [member ?? '%']
  return {
    rows,
    messages: ({ member } = {}) =>
      rows<LedgerRow>(
        `select m.id, m.enrollment, m.node, m.hop, m.channel, m."to", m.status, m.reason, m.attempt
         from message m join member p on p.id = m.member where p.external_id like $1 order by m.id`,
        which(member),
      ),
    enrollments: ({ member } = {}) =>
      rows<EnrollmentRow>(
        `select e.id, p.external_id member, e.node, e.state, e.walk, e.reason, e.mark
         from enrollment e join member p on p.id = e.member where p.external_id like $1 order by e.id`,
        which(member),
      ),
  }
}

/**
 * What is wrong between the ledger and what the mail server counted: nobody twice, nothing that the ledger does not
 * know, everything it calls sent there, everything else with a reason.
 */
export function faultsBetween(messages: LedgerRow[], arrivals: Arrival[]): string[] {
  const copies = Map.groupBy(
    arrivals.filter((one) => one.taken),
    (one) => idOf(one),
  )
  const mails = messages.filter((one) => one.channel === 'email')
  const known = new Map(mails.map((one) => [one.id, one]))
  const faults: string[] = []
  for (const [id, of] of copies) {
    const row = known.get(id)
    if (of.length > 1) faults.push(`message ${id} arrived ${of.length} times`)
    if (!row) faults.push(`message ${id} arrived and is in no row`)
    else if (!['sent', 'unknown'].includes(row.status))
      faults.push(`message ${id} arrived and is ${row.status}`)
    if (row && of.some((one) => one.to.join() !== row.to))
      faults.push(`message ${id} went to another address`)
  }
  for (const { id, status, reason } of messages) {
    if (status === 'sent' && known.has(id) && !copies.has(id))
      faults.push(`message ${id} is sent and never arrived`)
    if (status === 'sending') faults.push(`message ${id} is still being sent`)
    if (['failed', 'unknown'].includes(status) && !reason)
      faults.push(`message ${id} is ${status} without a reason`)
  }
  return faults
}

function idOf({ messageId }: Arrival): number {
  return decodeId('message', /<(.*)@/.exec(messageId)?.[1] ?? '') ?? 0
}
