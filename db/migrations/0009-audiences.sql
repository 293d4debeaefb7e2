-- What conditions ask of whole populations. Each of these says what its twin in flow/ says, and never raises an error:
-- what is stored may be anything.

-- flow/conditions/instant: milliseconds of an ISO-8601 instant with its zone, or of a date (its midnight in UTC). Years
-- are counted 400 on, 146,097 days: PostgreSQL has no year 0.
create function instant_ms(value jsonb) returns bigint language plpgsql immutable strict parallel safe as $$
declare
  part text[] := regexp_match(value #>> '{}',
    '^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(?:Z|([+-])([0-9]{2}):([0-9]{2})))?$');
  month int := part[2];
  first date;
  in_day int;
  zone int;
begin
  if part is null or month not between 1 and 12 then return null; end if;
  first := make_date(part[1]::int + 400, month, 1);
  if part[3]::int not between 1 and (first + interval '1 month')::date - first then return null; end if;
  if coalesce(part[5], '0')::int > 59 or coalesce(part[6], '0')::int > 59 then return null; end if;
  if coalesce(part[9], '0')::int > 23 or coalesce(part[10], '0')::int > 59 then return null; end if;
  in_day := coalesce(part[4], '0')::int * 3600000 + coalesce(part[5], '0')::int * 60000
    + coalesce(part[6], '0')::int * 1000 + left(rpad(coalesce(part[7], '0'), 3, '0'), 3)::int;
  if in_day > 86400000 or (part[4] = '24' and part[7]::int > 0) then return null; end if;
  zone := coalesce(part[9], '0')::int * 60 + coalesce(part[10], '0')::int;
  return (first - date '1970-01-01' - 146097 + part[3]::int - 1) * 86400000::bigint + in_day
    - case part[8] when '-' then -zone else zone end * 60000;
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
