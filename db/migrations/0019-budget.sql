-- What a transport may still hand over: a bucket that fills at its rate, shared by all workers. Numbers only.
create table budget (
  transport int primary key,
  tokens double precision not null,
  at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);
