-- Members are found by the beginning of their name. Row-level security keeps expression indexes on attributes from
-- being used (->> is not leakproof), so the name has a column.

alter table member add column name_key text collate "C"
  generated always as (lower(left(attributes->>'name', 200))) stored;
create index member_by_name on member (workspace, name_key) where name_key is not null;
