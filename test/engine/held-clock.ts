import pg from 'pg'
import { vi } from 'vitest'

/** A clock that stands still until it is moved, in this process and in the database. */
export interface HeldClock {
  /** Stops the clock of a database before anybody is connected to it. */
  hold(url: string): Promise<void>
  now(): number
  /** Leases are renewed on the way: whoever holds one has not been gone. */
  moveTo(instant: number): Promise<void>
  release(): Promise<void>
}

/** `now()` and `clock_timestamp()` of the schema `clock` come before PostgreSQL's own, in defaults of columns, too. */
const HOLD = `
  create schema clock;
  create table clock.hand (at timestamptz not null);
  create function clock.now() returns timestamptz language sql stable as 'select at from clock.hand';
  create function clock.clock_timestamp() returns timestamptz language sql stable as 'select at from clock.hand';
  grant usage on schema clock to public;
  grant select on clock.hand to public;
  do $$ declare place record; begin
    for place in
      select d.adrelid::regclass of, a.attname name from pg_attrdef d
      join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
      where pg_get_expr(d.adbin, d.adrelid) = 'now()'
    loop
      execute format('alter table only %s alter column %I set default clock.now()', place.of, place.name);
    end loop;
    execute format('alter database %I set search_path = clock, pg_catalog, public', current_database());
  end $$`

export function heldClock(start: number): HeldClock {
  let now = start
  let hand: pg.Client | undefined
  vi.useFakeTimers({ toFake: ['Date'], now })
  return {
    async hold(url) {
      hand = new pg.Client({ connectionString: url })
      await hand.connect()
      await hand.query(HOLD)
      await hand.query('insert into clock.hand values ($1)', [new Date(now)])
    },
    now: () => now,
    async moveTo(instant) {
      now = instant
      vi.setSystemTime(now)
      await hand?.query(
        `with moved as (update clock.hand set at = $1) update public.lease set seen_at = $1`,
        [new Date(now)],
      )
    },
    async release() {
      vi.useRealTimers()
      await hand?.end()
    },
  }
}
