import pg from 'pg'

/** Tables that grow with members, events or messages. */
export const BIG = [
  'member',
  'address',
  'consent_state',
  'enrollment',
  'event',
  'event_key',
  'message',
  'receipt',
  'step',
  'membership',
  'occurrence',
  'webhook_call',
]

const N = 10_000

/** Fills the big tables of a workspace with ten thousand members and their past, and keeps statistics away from them. */
export async function fillWithoutStatistics(url: string, workspace: number): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(
    `select set_config('app.workspace', '${workspace}', false), set_config('crowd.size', '${N}', false)`,
  )
  for (const statement of [NO_STATISTICS, ...CROWD]) await client.query(statement)
  const { rows } = await client.query(`select relname from pg_stat_user_tables
    where relname = any('{${BIG.join()}}') and (last_analyze is not null or last_autoanalyze is not null)`)
  await client.end()
  if (rows.length > 0) throw new Error(`These tables have statistics: ${JSON.stringify(rows)}`)
}

const NO_STATISTICS = `do $$ declare t regclass; begin
  for t in select oid::regclass from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace loop
    execute format('alter table %s set (autovacuum_enabled = false)', t);
  end loop;
end $$`

const W = `current_setting('app.workspace')::int`
const MONTH = `date_trunc('month', now())::date`
const SERIES = `generate_series(1, current_setting('crowd.size')::int) n`

const CROWD = [
  `insert into member (workspace, external_id) select ${W}, 'crowd-' || n from ${SERIES}`,
  `create temp table crowd as select id, row_number() over (order by id) n from member where external_id like 'crowd-%'`,
  `insert into address (workspace, member, kind, value, digest)
   select ${W}, id, kind, kind || n, sha256((kind || n)::bytea) from crowd, unnest('{email,phone}'::text[]) kind`,
  `insert into consent_state (workspace, member, topic, channel, state, source, at)
   select ${W}, id, 'prizes', channel, 'granted', 'crowd', now() from crowd, unnest('{email,sms,push}'::text[]) channel`,
  `insert into enrollment (workspace, flow, version, member, node, lane, state, due_at, period, seq, rest, reason, ended_at)
   select ${W}, 1 + n % 3, 1 + n % 3, id, 'here', 'urgent', state, now() + interval '1 day', ${MONTH}, 0,
     case state when 'resting' then '{"code": "wait"}'::jsonb end, case state when 'ended' then '{"code": "end"}'::jsonb end,
     case state when 'ended' then now() end
   from crowd, unnest('{ended,resting}'::text[]) state`,
  `insert into event (workspace, external_id, type, member, at)
   select ${W}, 'crowd-' || n, 'Crowded', id, now() from crowd`,
  `insert into event_key (workspace, key) select ${W}, gen_random_uuid() from crowd`,
  `insert into message (workspace, period, flow, version, enrollment, node, hop, member, channel, transport, template,
     template_version, locale, "to", status, counted, provider_id)
   select ${W}, ${MONTH}, e.flow, e.version, e.id, 'here', 0, e.member, 'email', 1, 1, 1, 'en', 'x', 'sent', true, 'crowd-' || e.id
   from enrollment e where e.node = 'here'`,
  `insert into receipt (workspace, period, key, message, transport, provider_id, kind, at)
   select ${W}, ${MONTH}, 'crowd-' || id, id, 1, provider_id, 'delivered', now() from message where node = 'here'`,
  `insert into step (workspace, period, enrollment, node, at, outcome, code)
   select ${W}, ${MONTH}, id, 'here', now(), 'next', 'entered' from enrollment where node = 'here'`,
  `insert into webhook_call (workspace, flow, enrollment, node, member, status)
   select ${W}, flow, id, 'here', member, 'done' from enrollment where node = 'here'`,
  `insert into membership (workspace, flow, member) select ${W}, 1, id from crowd`,
  `insert into occurrence (workspace, flow, member, day, due_at) select ${W}, 1, id, '2026-11-21', now() + interval '1 day' from crowd`,
]
