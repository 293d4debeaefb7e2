import { decodeId, encodeId } from '../../db/ids.ts'
import type { Db } from '../../db/pool.ts'
import type { Reason } from '../../flow/reason.ts'
import type { Arrival } from '../support/smtp-sink.ts'

export interface LedgerRow {
  id: number
  enrollment: number
  node: string
  hop: number
  channel: string
  to: string | null
  status: string
  reason: Reason | null
  attempt: number
}

interface EnrollmentRow {
  id: number
  member: string
  node: string
  state: 'active' | 'resting' | 'ended'
  walk: number | null
  reason: Reason | null
  mark: Reason | null
}

/** Of which members (`%` stands for anything) or flow. */
interface Which {
  member?: string
  flow?: string
}

/** The rows as they are, for a test that looks behind the API. */
export interface Books {
  messages(of?: Which): Promise<LedgerRow[]>
  enrollments(of?: Which): Promise<EnrollmentRow[]>
  rows<R>(sql: string, params?: unknown[]): Promise<R[]>
}

export function openBooks(db: Db, workspace: number): Books {
  const rows = <R>(sql: string, params?: unknown[]) =>
    db.inWorkspace(workspace, (tx) => tx.rows<R>(sql, params))
  const which = ({ member = '%', flow = '' }: Which) => [member, decodeId('flow', flow) ?? null]
  return {
    rows,
    messages: (of = {}) =>
      rows<LedgerRow>(
        `select m.id, m.enrollment, m.node, m.hop, m.channel, m."to", m.status, m.reason, m.attempt
         from message m join member p on p.id = m.member where p.external_id like $1 and ($2::int is null or m.flow = $2) order by m.id`,
        which(of),
      ),
    enrollments: (of = {}) =>
      rows<EnrollmentRow>(
        `select e.id, p.external_id member, e.node, e.state, e.walk, e.reason, e.mark
         from enrollment e join member p on p.id = e.member where p.external_id like $1 and ($2::int is null or e.flow = $2) order by e.id`,
        which(of),
      ),
  }
}

/**
 * What is wrong between the ledger and what the mail server counted: nobody twice, nothing that the ledger does not
 * know, everything it calls sent there, everything else with a reason.
 */
export function faultsBetween(messages: LedgerRow[], arrivals: Arrival[]): string[] {
  const taken = arrivals.filter((one) => one.taken)
  const copies = Map.groupBy(taken, ({ messageId }) => /<(.*)@/.exec(messageId)?.[1] ?? '')
  const known = new Set(messages.map(({ id }) => encodeId('message', id)))
  const strange = [...copies.keys()]
    .filter((id) => !known.has(id))
    .map((id) => `${id} arrived and is in no row`)
  return [
    ...strange,
    ...messages.flatMap((row) => faultsOf(row, copies.get(encodeId('message', row.id)) ?? [])),
  ]
}

function faultsOf({ id, channel, to, status, reason }: LedgerRow, copies: Arrival[]): string[] {
  const arrived = copies.length > 0
  const faults = {
    'arrived more than once': copies.length > 1,
    'went to another address': to !== null && copies.some((copy) => copy.to.join() !== to),
    [`arrived and is ${status}`]: arrived && !['sent', 'unknown', 'delivered', 'read'].includes(status),
    'is sent and never arrived': channel === 'email' && status === 'sent' && !arrived,
    'is still being sent': status === 'sending',
    [`is ${status} without a reason`]: ['failed', 'unknown'].includes(status) && !reason,
  }
  return Object.entries(faults).flatMap(([what, isSo]) => (isSo ? `${encodeId('message', id)} ${what}` : []))
}
