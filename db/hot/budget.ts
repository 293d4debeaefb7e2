import type { Tx } from '../pool.ts'

export interface Asked {
  transport: number
  perSecond: number
  /** Hand-overs that are ready to be granted. */
  wanted: number
}

/** How many may be granted now; when none, `inMs` until one may, a minute at most. */
export interface Allowed {
  n: number
  inMs: number
}

/**
 * Takes from the bucket of a transport, which fills at its rate and holds one second of it: all workers together never
 * hand over more. What is taken and not used is lost, which errs towards slower.
 */
export async function takeBudget(tx: Tx, { transport, perSecond, wanted }: Asked): Promise<Allowed> {
  const [allowed] = await tx.rows<Allowed>(
    `with filled as (
       select transport, clock_timestamp() now, least(greatest(1, $2::float8),
         tokens + greatest(0, extract(epoch from clock_timestamp() - at)) * $2) available
       from budget where transport = $1 for update),
     taken as (select *, least($3::int, floor(available)::int) n from filled)
     update budget b set tokens = t.available - t.n, at = t.now from taken t where b.transport = t.transport
     returning t.n, least(60000, ceil(1000 * greatest(0, 1 - b.tokens) / $2))::int "inMs"`,
    [transport, perSecond, wanted],
    'take-budget',
  )
  if (allowed) return allowed
  await tx.rows(
    'insert into budget (transport, tokens) values ($1, greatest(1, $2::float8)) on conflict do nothing',
    [transport, perSecond],
  )
  return takeBudget(tx, { transport, perSecond, wanted })
}
