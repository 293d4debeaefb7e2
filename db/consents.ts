import type { Channel } from '../flow/channels/channel.ts'
import type { Desk } from './desk.ts'
import { wakeExits } from './exits.ts'
import { failPending } from './pending.ts'
import type { Tx } from './pool.ts'
import { keepTopics, useTopics } from './topics.ts'

/** What a member allowed or forbade. Topic `*` is everything on the channel. */
export interface ConsentChange {
  member: number
  topic: string
  channel: Channel
  state: 'granted' | 'revoked'
  source: string
  wording?: string | undefined
  proof?: Record<string, string | undefined> | undefined
  /** When they did; now if left out, and then it beats whatever was said before. */
  at?: string | undefined
}

/** What a member's consent is after a change. */
interface Standing {
  member: number
  topic: string
  channel: Channel
  state: 'granted' | 'revoked'
  source: string
  at: Date
}

/**
 * Appends to the ledger of consent and projects it: the newest `at` wins, revoked on ties. A revocation that wins
 * fails the member's unsent messages in the same transaction. The caller holds the members' locks.
 */
export async function recordConsents(tx: Tx, desk: Desk, changes: ConsentChange[]): Promise<void> {
  if (changes.length === 0) return
  await useTopics(tx, topicsOf(changes))
  await record(tx, desk, changes)
}

/** What an update step recorded: its topic was allowed when the flow was published, and stays so. */
export async function recordFlowConsents(tx: Tx, desk: Desk, changes: ConsentChange[]): Promise<void> {
  if (changes.length === 0) return
  await keepTopics(tx, topicsOf(changes))
  await record(tx, desk, changes)
}

function topicsOf(changes: ConsentChange[]): string[] {
  return changes.map(({ topic }) => topic)
}

async function record(tx: Tx, desk: Desk, changes: ConsentChange[]): Promise<void> {
  const standing = await tx.rows<Standing>(RECORD, [JSON.stringify(changes)])
  await failPending(tx, standing.filter((one) => one.state === 'revoked').map(refusal))
  const moved = [...new Set(standing.map((one) => one.member))]
  await wakeExits(tx, desk.memory, { members: moved, cause: { changed: 'consent' } })
}

/** The words of the gate: a message that was refused and one that was stopped on its way tell the same reason. */
function refusal({ member, topic, channel, source, at }: Standing) {
  const args = { channel, at: at.getTime(), source }
  if (topic === '*') return { member, channel, topic: null, reason: { code: 'stopped', args } }
  return { member, channel, topic, reason: { code: 'consent-revoked', args: { topic, ...args } } }
}

// Milliseconds, as the API shows them: a revocation at the instant that was read must tie, and win. The clock is read
// here and not when the transaction began, so that of two who wait for one member the later has the later instant. The look-up is a scalar one: a join reads
// the whole table where no statistics are.
const RECORD = `
  with clock as materialized (
    select date_trunc('milliseconds', clock_timestamp()) now
  ), said as materialized (
    select r.*, coalesce(date_trunc('milliseconds', r.given), greatest(clock.now,
      (select s.at from consent_state s where s.member = r.member and s.topic = r.topic and s.channel = r.channel)
        + (r.state = 'granted')::int * interval '1 millisecond')) at
    from clock, rows from (jsonb_to_recordset($1::jsonb) as (member bigint, topic text, channel text, state text,
      source text, wording text, proof jsonb, at timestamptz)) with ordinality
      r(member, topic, channel, state, source, wording, proof, given, place)
  ), logged as (
    insert into consent (workspace, member, topic, channel, state, source, wording, proof, at)
    select current_setting('app.workspace')::int, member, topic, channel, state, source, wording, proof, at from said order by place
  )
  insert into consent_state as s (workspace, member, topic, channel, state, source, at)
  select distinct on (member, topic, channel) current_setting('app.workspace')::int, member, topic, channel, state, source, at
  from said order by member, topic, channel, at desc, state desc
  on conflict (member, topic, channel) do update set state = excluded.state, source = excluded.source, at = excluded.at
    where excluded.at > s.at or (excluded.at = s.at and excluded.state > s.state)
  returning member, topic, channel, state, source, at`
