-- Launches that are paused, paced and cancelled, over an audience that was written down when they began.

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
