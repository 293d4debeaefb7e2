-- Launches that are paused, paced and cancelled, over an audience that was written down when they began; and tables that
-- grow: what leaves them, and how they are kept lean.

alter table launch drop constraint launch_state_check;
alter table launch add constraint launch_state_check
  check (state in ('running', 'paused', 'done', 'stopped', 'cancelled', 'failed', 'skipped'));
alter table launch
  add column total int,
  add column per_minute int,
  add column next_at timestamptz,
  add column speed double precision not null default 0,
  add column paged_at timestamptz,
  add column first_enrollment bigint,
  add column last_enrollment bigint,
  add column taking_out boolean not null default false;
alter table launch set (fillfactor = 50);
create index launch_newest on launch (workspace, id);
create index launch_taking_out on launch (flow) where taking_out;
comment on column launch.total is 'how many are in it; null until that is written down';
comment on column launch.per_minute is 'how many may enter; null: as fast as they are carried';
comment on column launch.next_at is 'when the next one may enter, if it has a pace';
comment on column launch.speed is 'members looked at a second at paged_at, the last ten seconds weighing most';
comment on column launch.first_enrollment is 'its enrollments lie between this id and last_enrollment, among others';
comment on column launch.taking_out is 'its people leave at their next decision; over once all of them are marked';

-- Who is in a launch under way, a thousand to a row: one row of 8 kB is read, and goes, with each page that enters.
create table launch_page (
  workspace int not null,
  launch bigint not null references launch on delete cascade,
  first bigint not null,
  members bigint[] not null default '{}',
  primary key (launch, first)
);
select keep_apart('launch_page');

-- By its range of ids, the people of a launch are found without an index of their own.
alter table enrollment add column launch bigint;

-- Every decision asks whose launch was cancelled: processes keep that in memory with the rest of their facts.
create trigger changed after update of taking_out on launch for each statement execute function count_change();

-- What is looked for when old rows are to go. Rows come in the order of time, so a block range says enough.
create index event_key_by_age on event_key using brin (received_on);
create index audit_by_age on audit using brin (at);
create index idempotency_by_age on idempotency (created_at);

-- A month leaves as a whole. Nobody is kept waiting for the lock that this takes: who asks for it comes again.
create function drop_month(parent text, month date) returns boolean language plpgsql security definer set search_path = public as $$
declare part text := parent || to_char(month, '_YYYY_MM');
begin
  if parent <> all (array['event', 'step', 'message', 'receipt']) or month >= date_trunc('month', current_date)
    or to_regclass(part) is null then return false; end if;
  perform set_config('lock_timeout', '500', true);
  execute format('alter table %I detach partition %I', parent, part);
  execute format('drop table %I', part);
  return true;
exception when lock_not_available then return false;
end $$;

-- The usual fifth of a table is a long time to wait where millions of rows are updated several times within minutes: the
-- indexes have grown by then, and do not shrink. Large tables are looked after at a fiftieth, without the pauses that
-- would make that last for hours; small ones whose every row changes many times a second, at a few hundred dead rows.
create procedure keep_lean(part regclass, parent text) language plpgsql as $$
begin
  execute format('alter table %s set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02,
    autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 1, autovacuum_vacuum_cost_limit = 2000)', part);
  if parent = 'message' then execute format('alter table %s set (fillfactor = 75)', part); end if;
end $$;

create or replace function ensure_partitions(first date, last date) returns void language plpgsql security definer set search_path = public as $$
declare month date := date_trunc('month', first); parent text; part text;
begin
  while month <= last loop
    foreach parent in array array['event', 'step', 'message', 'receipt'] loop
      part := parent || to_char(month, '_YYYY_MM');
      if to_regclass(part) is null then
        execute format('create table %I partition of %I for values from (%L) to (%L)', part, parent, month, (month + interval '1 month')::date);
        call keep_lean(part, parent);
        perform keep_apart(part::regclass);
      end if;
    end loop;
    month := month + interval '1 month';
  end loop;
end $$;

do $$ declare part record; small text; begin
  for part in select i.inhrelid::regclass id, i.inhparent::regclass::text parent from pg_inherits i
    join pg_class c on c.oid = i.inhparent where c.relkind = 'p' and c.relname in ('event', 'step', 'message', 'receipt') loop
    call keep_lean(part.id, part.parent);
  end loop;
  call keep_lean('enrollment', 'enrollment');
  call keep_lean('webhook_call', 'webhook_call');
  call keep_lean('tally', 'tally');
  foreach small in array array['stand', 'walk', 'alarm', 'lease', 'launching', 'launch', 'watch', 'stamp'] loop
    execute format('alter table %I set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
      autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 2000, autovacuum_vacuum_cost_delay = 0)', small);
  end loop;
end $$;

alter table enrollment add column emptied boolean not null default false;
comment on column enrollment.emptied is 'its steps and messages were forgotten: it only tells that the member was in the flow';
