-- Messages that left long after they were written (sending was off, a flow paused) count towards caps when they left.
-- They are few: the rest is found by when it was written.
create index message_left_late on message (member, (coalesce(sent_at, granted_at)))
  where counted and coalesce(sent_at, granted_at) - created_at >= interval '72 hours';
