-- Monthly partitions for the tables that grow. A default partition keeps inserts safe outside the prepared months.

create function ensure_partitions(first date, last date) returns void language plpgsql security definer set search_path = public as $$
declare month date := date_trunc('month', first); parent text; part text;
begin
  while month <= last loop
    foreach parent in array array['event', 'step', 'message', 'receipt'] loop
      part := parent || to_char(month, '_YYYY_MM');
      if to_regclass(part) is null then
        execute format('create table %I partition of %I for values from (%L) to (%L)', part, parent, month, (month + interval '1 month')::date);
        if parent = 'message' then execute format('alter table %I set (fillfactor = 75)', part); end if;
        perform keep_apart(part::regclass);
      end if;
    end loop;
    month := month + interval '1 month';
  end loop;
end $$;

select ensure_partitions((current_date - interval '4 months')::date, (current_date + interval '3 months')::date);

create table event_other partition of event default;
create table step_other partition of step default;
create table message_other partition of message default;
create table receipt_other partition of receipt default;
select keep_apart(name::regclass) from unnest(array['event_other', 'step_other', 'message_other', 'receipt_other']) name;
