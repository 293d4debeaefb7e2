import type { Channel } from '../flow/channels/channel.ts'
import type { Candidate } from '../flow/decision.ts'
import type { Reason } from '../flow/reason.ts'
import type { Tx } from './pool.ts'

/** One thing that happened to a member. */
export type TimelineRow = Place &
  (
    | { kind: 'event'; data: { id: string; type: string; data: Record<string, unknown> } }
    | { kind: 'entered' | 'ended'; data: Journey & { reason: Reason | null } }
    | {
        kind: 'step'
        data: Journey & { node: string; outcome: string; why: Reason; candidates: Candidate[] | null }
      }
    | { kind: 'message'; data: Journey & MessageLine }
    | {
        kind: 'receipt'
        data: { message: number; channel: Channel; receipt: string; data: Record<string, unknown> | null }
      }
    | {
        kind: 'consent'
        data: { topic: string; channel: Channel; state: string; source: string; wording: string | null }
      }
    | { kind: 'preference'; data: { before: Channel[]; after: Channel[]; source: string } }
  )

/** Where a row stands in the order: by instant, then by kind, then by id. `at` is ISO 8601 with microseconds. */
export interface Place {
  at: string
  rank: number
  id: number
}

interface Journey {
  enrollment: number
  flow: number
  /** null: a test run. */
  version: number | null
  test: boolean
}

interface MessageLine {
  message: number
  node: string
  hop: number
  channel: Channel
  status: string
  reason: Reason | null
  template: string | null
  to: string | null
  subject: string | null
}

/** What happened to a member, newest first, from after `cursor` on. */
export async function readTimeline(
  tx: Tx,
  of: { member: number; cursor: Place | undefined; limit: number },
): Promise<TimelineRow[]> {
  const { at, rank, id } = of.cursor ?? { at: 'infinity', rank: 0, id: 0 }
  return tx.rows<TimelineRow>(TIMELINE, [of.member, at, rank, id, of.limit])
}

const JOURNEY = `'enrollment', e.id, 'flow', e.flow, 'version', v.number, 'test', e.test`
const ENROLLMENTS = 'enrollment e join flow_version v on v.id = e.version'

interface Kind {
  kind: TimelineRow['kind']
  at: string
  id: string
  data: string
  from: string
  member: string
}

// Within one instant a higher place is newer: an event causes the entry, the entry the step, the step the message.
const KINDS: Kind[] = [
  {
    kind: 'event',
    at: 't.at',
    id: 't.id',
    data: `'id', t.external_id, 'type', t.type, 'data', t.data`,
    from: 'event t',
    member: 't.member',
  },
  {
    kind: 'entered',
    at: 'e.entered_at',
    id: 'e.id',
    data: `${JOURNEY}, 'reason', null`,
    from: ENROLLMENTS,
    member: 'e.member',
  },
  {
    kind: 'step',
    at: 't.at',
    id: 't.id',
    data: `${JOURNEY}, 'node', t.node, 'outcome', t.outcome, 'candidates', t.candidates,
      'why', jsonb_build_object('code', t.code, 'args', coalesce(t.args, '{}'))`,
    from: `${ENROLLMENTS} join step t on t.enrollment = e.id and t.period = e.period`,
    member: 'e.member',
  },
  {
    kind: 'message',
    at: 'm.created_at',
    id: 'm.id',
    data: `${JOURNEY}, 'message', m.id, 'node', m.node, 'hop', m.hop, 'channel', m.channel, 'status', m.status,
      'reason', m.reason, 'to', m."to", 'subject', m.subject, 'template', (select key from template where id = m.template)`,
    from: `${ENROLLMENTS} join message m on m.enrollment = e.id and m.period = e.period`,
    member: 'e.member',
  },
  {
    kind: 'receipt',
    at: 't.at',
    id: 't.id',
    data: `'message', m.id, 'channel', m.channel, 'receipt', t.kind, 'data', t.data`,
    from: 'message m join receipt t on t.message = m.id',
    member: 'm.member',
  },
  {
    kind: 'consent',
    at: 't.at',
    id: 't.id',
    data: `'topic', t.topic, 'channel', t.channel, 'state', t.state, 'source', t.source, 'wording', t.wording`,
    from: 'consent t',
    member: 't.member',
  },
  {
    kind: 'preference',
    at: 't.at',
    id: 't.id',
    data: `'before', t.before, 'after', t.after, 'source', t.source`,
    from: 'preference_change t',
    member: 't.member',
  },
  {
    kind: 'ended',
    at: 'e.ended_at',
    id: 'e.id',
    data: `${JOURNEY}, 'reason', e.reason`,
    from: ENROLLMENTS,
    member: 'e.member',
  },
]

// Each kind gives no more than a page of its own; the page is the newest of all.
const TIMELINE = `
  select to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') at, rank, id, kind, data from (
    ${KINDS.map(page).join('\n    union all\n    ')}
  ) all_kinds order by at desc, rank desc, id desc limit $5`

function page({ kind, at, id, data, from, member }: Kind, rank: number): string {
  return `(select ${at} at, ${rank} rank, ${id} id, '${kind}' kind, jsonb_build_object(${data}) data from ${from}
    where ${member} = $1 and (${at}, ${rank}, ${id}) < ($2::timestamptz, $3::int, $4::bigint)
    order by ${at} desc, ${id} desc limit $5)`
}
