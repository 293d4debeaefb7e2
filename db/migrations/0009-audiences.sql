-- What conditions ask of whole populations. Each of these says what its twin in flow/ says, and never raises an error:
-- what is stored may be anything.

-- flow/conditions/instant: milliseconds of an ISO-8601 instant with its zone, or of a date (its midnight in UTC). The
-- patterns are only matched: that takes 1 µs, and 40 µs where their groups are asked for. PostgreSQL would round
-- the seventh digit of a second, which may be the next millisecond.
create function instant_ms(value jsonb) returns bigint language plpgsql immutable strict parallel safe as $$
declare
  iso text := value #>> '{}';
begin
  if iso ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' then
    return case when pg_input_is_valid(iso, 'date') then (iso::date - date '1970-01-01') * 86400000::bigint end;
  end if;
  if iso ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?(?:Z|[+-](?:0[0-9]|1[0-5]):[0-5][0-9])$' then
    if length(iso) > 27 then iso := regexp_replace(iso, '(\.[0-9]{6})[0-9]+', '\1'); end if;
    return case when pg_input_is_valid(iso, 'timestamptz') then floor(extract(epoch from iso::timestamptz) * 1000) end;
  end if;
  return null;
end $$;

-- flow/duration: milliseconds of an ISO-8601 duration up to P5Y.
create function duration_ms(value jsonb) returns double precision language plpgsql immutable strict parallel safe as $$
declare
  part text[] := regexp_match(value #>> '{}',
    '^P(?=[0-9T])(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})W)?(?:([0-9]{1,9})D)?(?:T(?=[0-9])(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9}(?:\.[0-9]{1,3})?)S)?)?$');
  unit bigint[] := '{31536000000, 2592000000, 604800000, 86400000, 3600000, 60000, 1000}';
  ms numeric := 0;
begin
  if part is null then return null; end if;
  for at in 1..7 loop
    ms := ms + coalesce(part[at], '0')::numeric * unit[at];
  end loop;
  return case when ms <= 157680000000 then ms end;
end $$;

-- flow/bucket: a stable number in [0, 1) for a member and the hash of a salt. 32 bits in a bigint: no product overflows.
create function bucket_of(member bigint, salt bigint) returns double precision language plpgsql immutable strict parallel safe as $$
declare
  bits bigint := (member % 0x100000000) # (member / 0x100000000) # salt;
begin
  for round in 1..2 loop
    bits := ((bits >> 16) # bits) * 0x45d9f3b & 0xffffffff;
    bits := ((bits >> 16) # bits) * 0x45d9f3b & 0xffffffff;
    bits := (bits >> 16) # bits;
    if round = 1 then bits := bits # 0x5bd1e995; end if;
  end loop;
  return bits / 4294967296.0::double precision;
end $$;

-- Row-level security lets an index serve leakproof operators only: comparing text, numbers, instants and bytes is, what
-- looks into jsonb or an array is not. So attributes are looked at member by member, and each index below begins with the
-- workspace, ends with the member and holds all that its question reads: sorted by member, and never the row itself.
-- 200,000 members, ms of one core, with and without its index: consent 45 (190), reachable 100 (310), a list 18 (66),
-- an event within a week of 1,000,000 events 18 (260); everybody 11 (40), one attribute 92, the preferred locale 45.
create index member_standing on member (workspace, id) where erased_at is null;
create index consent_state_by_topic on consent_state (workspace, channel, topic, state, member);
create index address_in_order on address (workspace, kind, member, created_at, value);
create index list_member_of_list on list_member (workspace, list, member);
-- Costs ingestion 5 µs an event.
create index event_of_type on event (workspace, type, member, at);
