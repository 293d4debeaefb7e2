-- A paused flow, and the moment a rest was promised to end.

alter table flow add column paused_at timestamptz;

-- Every decision asks whether its flow is paused: processes keep that in memory with the rest of their facts.
create trigger changed after update of state on flow for each statement execute function count_change();

-- Which versions wait for an event, besides those that it starts or ends.
alter table listener drop constraint listener_role_check;
alter table listener add constraint listener_role_check check (role in ('start', 'exit', 'wait'));

-- due_at is when to look again; what the member was promised stands in the rest, so that anything may wake one early.
do $$ declare w int; begin
  for w in select id from workspace loop
    perform set_config('app.workspace', w::text, true);
    update enrollment set rest = rest || jsonb_build_object('until', (extract(epoch from due_at) * 1000)::bigint)
      where state = 'resting' and rest is not null and due_at < 'infinity';
  end loop;
end $$;
comment on column enrollment.due_at is 'when to look at it next; infinity: when somebody acts';
comment on column enrollment.rest is 'why it rests: {code, args, awaits?, until}; until: the end that was promised, ms since 1970';
