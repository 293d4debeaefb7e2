import type { Channel } from '../flow/channels/channel.ts'
import type { HopFact } from '../flow/facts.ts'
import type { Reason } from '../flow/reason.ts'
import { missing } from './fault.ts'
import type { Tx } from './pool.ts'

/** One row of the ledger with the words people know its references by. */
export interface MessageRow {
  id: number
  period: string
  enrollment: number
  /** null: a single message, which was sent by no drawn flow. */
  flow: number | null
  version: number | null
  node: string
  hop: number
  /** External id; a pseudonym once the member was erased. */
  member: string
  member_id: number
  channel: Channel
  transport: string | null
  status: HopFact['status']
  reason: Reason | null
  to: string | null
  template: string | null
  template_version: number | null
  template_version_id: number
  locale: string
  subject: string | null
  provider_id: string | null
  test: boolean
  topic: string | null
  marketing: boolean
  vars: unknown
  response: string | null
  attempt: number
  attempts: Attempt[] | null
  granted_at: Date | null
  created_at: Date
  sent_at: Date | null
  delivered_at: Date | null
  read_at: Date | null
  opened_at: Date | null
  clicked_at: Date | null
}

/** A hand-over that was taken back before the last one. */
interface Attempt {
  at: string
  outcome: string
  response?: string | null
}

export interface MessageFilter {
  flow?: number | undefined
  node?: string | undefined
  member?: string | undefined
  channel?: Channel | undefined
  status?: HopFact['status'] | undefined
  campaign?: string | undefined
  /** Made at or after, and before. */
  from?: string | undefined
  to?: string | undefined
  test?: boolean | undefined
  simulated?: boolean | undefined
  enrollments?: number[] | undefined
  before?: number | undefined
  limit: number
}

const COLUMNS = `m.id, m.period, m.enrollment, f.id flow, case when f.id is not null then v.number end version, m.node, m.hop, p.external_id member,
  m.member member_id, m.channel, r.kind transport, m.status, m.reason, m."to", t.key template, tv.number template_version,
  m.template_version template_version_id, m.locale, m.subject, m.provider_id, m.test, m.topic,
  v.plan->'settings'->>'purpose' = 'marketing' marketing, m.vars, m.response, m.attempt, m.attempts, m.granted_at,
  m.created_at, m.sent_at, m.delivered_at, m.read_at, m.opened_at, m.clicked_at`

const JOINED = `join member p on p.id = m.member join flow_version v on v.id = m.version
  left join flow f on f.id = m.flow and f.kind = 'drawn'
  left join transport r on r.id = m.transport left join template t on t.id = m.template
  left join template_version tv on tv.id = m.template_version`

/** Newest first. */
export async function listMessages(tx: Tx, filter: MessageFilter): Promise<MessageRow[]> {
  const { where, params } = conditions(filter)
  return tx.rows<MessageRow>(
    `select ${COLUMNS} from (
       select m.* from message m where ${IN_ORDER} and ${where} order by m.id desc limit $1
     ) m ${JOINED} order by m.id desc`,
    [filter.limit, ...params],
  )
}

/** What `message_newest` is in the order of. */
const IN_ORDER = `m.workspace::bigint = current_setting('app.workspace')::bigint`

/** Only what was asked for is in the statement, so that the planner sees which index serves. */
function conditions(filter: MessageFilter): { where: string; params: unknown[] } {
  const asked: [string, unknown][] = [
    ['m.id < ?', filter.before],
    ['m.flow = ?', filter.flow],
    ['m.node = ?', filter.node],
    ['m.member = (select id from member where external_id = ?)', filter.member],
    ['m.channel = ?', filter.channel],
    ['m.status = ?', filter.status],
    ['m.flow in (select id from flow where key = ?)', filter.campaign],
    ['m.test = ?', filter.test],
    ['m.enrollment = any(?::bigint[])', filter.enrollments],
    ['m.created_at >= ?::timestamptz', filter.from],
    ['m.created_at < ?::timestamptz', filter.to],
    [`m.transport in (select id from transport where (kind = 'simulator') = ?)`, filter.simulated],
  ]
  const given = asked.filter(([, value]) => value !== undefined)
  const where = given.map(([sql], index) => sql.replace('?', `$${index + 2}`)).join(' and ') || 'true'
  return { where, params: given.map(([, value]) => value) }
}

export async function findMessage(tx: Tx, id: number): Promise<MessageRow | undefined> {
  const [message] = await tx.rows<MessageRow>(`select ${COLUMNS} from message m ${JOINED} where m.id = $1`, [
    id,
  ])
  return message
}

export async function readMessage(tx: Tx, id: number): Promise<MessageRow> {
  const message = await findMessage(tx, id)
  if (!message) throw missing('message')
  return message
}

/** Every hop of the same send, in order. */
export async function hopsOf(tx: Tx, { enrollment, period, node }: MessageRow): Promise<MessageRow[]> {
  return tx.rows<MessageRow>(
    `select ${COLUMNS} from message m ${JOINED} where m.enrollment = $1 and m.period = $2 and m.node = $3 order by m.hop`,
    [enrollment, period, node],
  )
}

export interface ReceiptRow {
  kind: string
  at: Date
  received_at: Date
  data: Record<string, unknown> | null
}

export async function receiptsOf(tx: Tx, message: number): Promise<ReceiptRow[]> {
  return tx.rows<ReceiptRow>(
    'select kind, at, received_at, data from receipt where message = $1 order by at, id',
    [message],
  )
}
