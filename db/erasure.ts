import { addTallies } from './hot/tallies.ts'
import type { Tx } from './pool.ts'

/**
 * Takes everything personal about a member out of the database; what happened stays countable under a pseudonym.
 * Suppressions stay: they hold a keyed hash only, and must outlive a second import. Answers the
 * pseudonym; undefined when nobody has this id.
 */
export async function eraseMember(tx: Tx, externalId: string): Promise<string | undefined> {
  const [member] = await tx.rows<{ id: number }>(
    'select id from member where external_id = $1 for no key update',
    [externalId],
  )
  if (!member) return undefined
  await eraseMessages(tx, member.id)
  await eraseCalls(tx, member.id)
  await endJourneys(tx, member.id)
  await forgetExamples(tx, member.id)
  await tx.rows(`update event set external_id = 'erased-' || id, data = '{}' where member = $1`, [member.id])
  await tx.rows('update consent set wording = null, proof = null where member = $1', [member.id])
  await tx.rows(`update launch set data = '{}' where members = array[$1::bigint]`, [member.id])
  for (const table of ['consent_state', 'address', 'list_member', 'membership', 'occurrence']) {
    await tx.rows(`delete from ${table} where member = $1`, [member.id])
  }
  const [erased] = await tx.rows<{ external_id: string }>(
    `update member set external_id = 'erased-' || gen_random_uuid(), locale = null, time_zone = null, attributes = '{}',
       tags = '{}', preferred_channels = '{}', updated_at = now(), erased_at = now() where id = $1
     returning external_id`,
    [member.id],
  )
  return erased?.external_id
}

/** What waits for its grant never leaves. Arguments of reasons may quote the member: the code and the channel stay. */
async function eraseMessages(tx: Tx, member: number): Promise<void> {
  await tx.rows(
    `update message set "to" = null, subject = null, vars = null, response = null, retry_at = null,
       attempts = (select jsonb_agg(one - 'response') from jsonb_array_elements(attempts) tried(one)),
       reason = case when status = 'pending' then '{"code": "erased"}' else ${bare('reason')} end,
       failed_at = case when status = 'pending' then now() else failed_at end,
       status = case when status = 'pending' then 'failed' else status end
     where member = $1`,
    [member],
  )
  await tx.rows(
    'update receipt set data = null where message = any(array(select id from message where member = $1))',
    [member],
  )
}

/** A call that is not under way is never made. */
async function eraseCalls(tx: Tx, member: number): Promise<void> {
  await tx.rows('select 1 from webhook_call where member = $1 order by id for no key update', [member])
  await tx.rows(
    `update webhook_call set retry_at = null,
       reason = case when status = 'pending' then '{"code": "erased"}' else ${bare('reason')} end,
       ended_at = case when status = 'pending' then now() else ended_at end,
       status = case when status = 'pending' then 'failed' else status end
     where member = $1`,
    [member],
  )
}

/** Journeys at rest end here; one that a walk carries obeys its mark at the next decision. */
async function endJourneys(tx: Tx, member: number): Promise<void> {
  const before = await tx.rows<{ id: number; version: number; node: string; test: boolean; ends: boolean }>(
    `select id, version, node, test, state <> 'ended' and walk is null ends from enrollment
     where member = $1 order by id for no key update`,
    [member],
  )
  const ending = before.filter((row) => row.ends)
  await tx.rows(
    `update enrollment set entry = null, journey = null, rest = ${bare('rest', 'awaits')},
       mark = case when state <> 'ended' then '{"code": "erased"}'::jsonb end, reason = ${bare('reason')}
     where member = $1`,
    [member],
  )
  await tx.rows(
    `update enrollment set state = 'ended', ended_at = now(), due_at = null, rest = null, mark = null,
       reason = '{"code": "erased"}' where id = any($1::bigint[])`,
    [ending.map((row) => row.id)],
  )
  await tx.rows(
    `update step set args = ${onlyChannel('args')}, candidates = null where enrollment = any($1::bigint[])`,
    [before.map((row) => row.id)],
  )
  await addTallies(
    tx,
    ending.filter((row) => !row.test).map(({ version, node }) => ({ version, node, what: 'left', n: 1 })),
  )
}

/** The catalogue of event types shows an example per field: none may be this member's. */
async function forgetExamples(tx: Tx, member: number): Promise<void> {
  await tx.rows(
    `update event_type t set fields = (
       select jsonb_object_agg(key, case when not own then value when jsonb_typeof(value) = 'number' then '0' else '""' end)
       from jsonb_each(t.fields), lateral (select jsonb_typeof(value) in ('string', 'number') and exists (
         select from event e where e.member = $1 and e.type = t.type
           and starts_with(e.data #>> string_to_array(key, '.'), value #>> '{}')) own) is_own)
     where t.fields <> '{}' and t.type in (select type from event where member = $1)`,
    [member],
  )
}

/** Without the channel, the sentence of a reason would have a hole. */
const onlyChannel = (args: string): string =>
  `case when ${args} ? 'channel' then jsonb_build_object('channel', ${args}->'channel') end`

/** A reason without what its arguments quote; null stays null. */
function bare(column: string, ...keep: string[]): string {
  const kept = ['code', ...keep].map((key) => `'${key}', ${column}->'${key}'`).join(', ')
  return `case when ${column} is null then null else jsonb_strip_nulls(jsonb_build_object(${kept}, 'args', ${onlyChannel(`${column}->'args'`)})) end`
}
