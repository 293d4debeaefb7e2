-- A message is updated twice on its way: granted, then settled. While an index names what changes (its predicate counts),
-- each update writes into all of them. Nobody asked for rows in flight by lease; and of those that left late (sending was
-- off, a flow paused) the grant notes it, an hour early, as a message may leave a little after it was granted.
drop index message_in_flight;
drop index message_to_resend;
create index message_to_resend on message (id) where resend;

drop index message_left_late;
alter table message add column late boolean not null default false;
update message set late = true where coalesce(sent_at, granted_at) - created_at >= interval '71 hours';
create index message_late on message (member) where late;
comment on column message.late is 'left long after it was written: counts towards caps when it left';

-- A step is found by its enrollment, in order; nobody names one by its id.
alter table step drop constraint step_pkey;
