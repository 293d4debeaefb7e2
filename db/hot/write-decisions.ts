import type { Channel } from '../../flow/channels/channel.ts'
import type { Decision, Hop } from '../../flow/decision.ts'
import type { PlanSettings } from '../../flow/plan.ts'
import type { Tx } from '../pool.ts'
import { alarmTime, setAlarms, type Alarm, type LaneAlarm } from './alarms.ts'
import { namesOf, type Begun } from './begun.ts'
import { cancelCalls } from './call-outcomes.ts'
import { claimCalls, type ClaimedCall } from './calls.ts'
import { cancelPending } from './cancel.ts'
import type { Carried } from './claim.ts'
import { addTallies } from './tallies.ts'
import type { Lane, Stand } from './stands.ts'

export interface Decided {
  carried: Carried
  decision: Decision
}

/** A message whose hand-over may be granted. */
export interface Claimed {
  id: number
  period: string
  enrollment: number
  member: number
  channel: Channel
  transport: number
  template: number
  template_version: number
  locale: string
  to: string
  hop: number
  node: string
  attempt: number
}

export interface Writing {
  workspace: number
  walk: number
  settings: PlanSettings
  /** Whether its plan calls at all. */
  webhooks: boolean
  stands: Stand[]
  decided: Decided[]
}

/** Writes what a batch decided: claimed messages and calls, steps, positions, movements, alarms. All in the caller's transaction. */
export async function writeDecisions(
  tx: Tx,
  writing: Writing,
): Promise<{ claimed: Claimed[]; calls: ClaimedCall[]; alarms: LaneAlarm[] }> {
  const { decided, walk, webhooks } = writing
  if (decided.length === 0) return { claimed: [], calls: [], alarms: [] }
  const early = decided.flatMap(endedEarly)
  const [claimed, calls, alarms] = await Promise.all([
    claimMessages(tx, writing),
    claimCalls(tx, decided.flatMap(callOf)),
    setAlarms(
      tx,
      decided.flatMap((one) => alarmOf(one, writing.stands)),
    ),
    writeSteps(tx, writing),
    cancelPending(tx, early),
    cancelCalls(tx, webhooks ? early : []),
    writePositions(tx, decided, walk),
    addTallies(tx, decided.flatMap(movements)),
  ])
  return { claimed, calls, alarms }
}

async function claimMessages(tx: Tx, { workspace, settings, decided }: Writing): Promise<Claimed[]> {
  const hops = decided.flatMap(({ carried, decision }) =>
    decision.next.do === 'send'
      ? decision.next.hops.map((hop) => ledgerRow(hop, { carried, node: decision.node, settings }))
      : [],
  )
  if (hops.length === 0) return []
  return tx.rows<Claimed>(
    `insert into message (workspace, period, flow, version, enrollment, node, hop, member, channel, transport,
       template, template_version, locale, "to", topic, counted, test, status)
     select $1, r.period, r.flow, r.version, r.enrollment, r.node, r.hop, r.member, r.channel, r.transport,
       r.template, r.template_version, r.locale, r."to", r.topic, r.counted, r.test, 'pending'
     from jsonb_to_recordset($2::jsonb) r(period date, flow int, version int, enrollment bigint, node text, hop smallint,
       member bigint, channel text, transport int, template int, template_version int, locale text, "to" text,
       topic text, counted boolean, test boolean)
     on conflict (enrollment, node, hop, period) do nothing
     returning ${CLAIMED}`,
    [workspace, JSON.stringify(hops)],
    'claim-messages',
  )
}

export const CLAIMED =
  'id, period, enrollment, member, channel, transport, template, template_version, locale, "to", hop, node, attempt'

/** Messages of carried members that wait for their grant: a retry whose time has come, or one left by a dead process. */
export async function pendingOf(tx: Tx, carried: Begun[]): Promise<Claimed[]> {
  if (carried.length === 0) return []
  return tx.rows<Claimed>(
    `select ${CLAIMED} from message
     where enrollment = any($1::bigint[]) and period = any($2::date[]) and status = 'pending' and (retry_at is null or retry_at <= now())`,
    namesOf(carried),
    'pending-of',
  )
}

function ledgerRow(hop: Hop, at: { carried: Carried; node: string; settings: PlanSettings }) {
  const { period, flow, version, id, member, test } = at.carried
  const { purpose, topic } = at.settings
  const { templateVersion, ...rest } = hop
  const counted = purpose === 'marketing' && !test
  return {
    ...rest,
    template_version: templateVersion,
    period,
    flow,
    version,
    enrollment: id,
    member,
    test,
    node: at.node,
    topic,
    counted,
  }
}

function callOf({ carried: { id, flow, member }, decision: { next, node } }: Decided) {
  return next.do === 'call' ? [{ flow, enrollment: id, node, member }] : []
}

async function writeSteps(tx: Tx, { workspace, decided }: Writing): Promise<void> {
  const steps = decided.flatMap(({ carried, decision }) =>
    decision.steps.map(({ node, at, outcome, reason, candidates }) => ({
      period: carried.period,
      enrollment: carried.id,
      node,
      at: new Date(at),
      outcome,
      code: reason.code,
      args: reason.args,
      candidates,
    })),
  )
  if (steps.length === 0) return
  await tx.rows(
    `insert into step (workspace, period, enrollment, node, at, outcome, code, args, candidates)
     select $1, r.period, r.enrollment, r.node, r.at, r.outcome, r.code, r.args, r.candidates
     from jsonb_to_recordset($2::jsonb) r(period date, enrollment bigint, node text, at timestamptz, outcome text,
       code text, args jsonb, candidates jsonb)`,
    [workspace, JSON.stringify(steps)],
    'write-steps',
  )
}

/** The `any($1)` beside the join keeps this an index scan on a table without statistics. */
async function writePositions(tx: Tx, decided: Decided[], walk: number): Promise<void> {
  const rows = decided.map((one) => positionOf(one, walk))
  await tx.rows(
    `update enrollment e set node = r.node, state = r.state, due_at = r.due_at, rest = r.rest, walk = r.walk,
       arrived_at = coalesce(r.arrived_at, e.arrived_at), reason = r.reason, ended_at = r.ended_at,
       mark = case when r.state = 'ended' then null else e.mark end
     from jsonb_to_recordset($2::jsonb) r(id bigint, node text, state text, due_at timestamptz, rest jsonb, walk bigint,
       arrived_at timestamptz, reason jsonb, ended_at timestamptz)
     where e.id = any($1::bigint[]) and e.id = r.id`,
    [rows.map((row) => row.id), JSON.stringify(rows)],
    'write-positions',
  )
}

function positionOf({ carried, decision }: Decided, walk: number) {
  const { next, node, moved } = decision
  const at = { id: carried.id, node, ...(moved ? { arrived_at: carried.now } : {}) }
  if (next.do === 'end') return { ...at, state: 'ended', reason: next.reason, ended_at: carried.now }
  if (next.do === 'rest') {
    const due = next.dueAt === null ? 'infinity' : new Date(next.dueAt)
    return { ...at, state: 'resting', due_at: due, rest: next.rest }
  }
  return { ...at, state: 'active', walk }
}

function endedEarly({ carried, decision: { next } }: Decided) {
  return next.do === 'end' && next.reason.code !== 'end' ? [{ id: carried.id, reason: next.reason }] : []
}

function movements({ carried, decision }: Decided) {
  if (carried.test) return []
  return decision.moves.map(({ node, what }) => ({ version: carried.version, node, what, n: 1 }))
}

function alarmOf({ carried, decision }: Decided, stands: Stand[]): Alarm[] {
  const { next, node } = decision
  if (next.do !== 'rest' || next.dueAt === null) return []
  const lane: Lane = carried.lane
  const stand = stands.find((one) => one.node === node && one.lane === lane)
  return stand ? [{ stand: stand.id, at: alarmTime(next.dueAt, carried.now.getTime()) }] : []
}
