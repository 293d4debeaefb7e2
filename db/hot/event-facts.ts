import type { EventFact } from '../../flow/facts.ts'
import type { EventCount, Needs } from '../../flow/plan.ts'
import type { Tx } from '../pool.ts'

export interface EventsWanted {
  members: number[]
  needs: Needs
  /** After which seq the `entry` span of each member begins; all of history for who is not among them. */
  entries?: Map<number, number>
  awaited?: Awaited[]
}

/** Events of a type that a member may be waiting for: received after `after`. */
export interface Awaited {
  member: number
  type: string
  after: number
  /** As in EventCount. */
  enough: number | null
}

interface Row {
  member: number
  seq: number
  type: string
  at: Date
  data: EventFact['data'] | null
}

/** As many occurrences as settle what is asked, however many there are. */
export async function eventFacts(tx: Tx, wanted: EventsWanted): Promise<Map<number, EventFact[]>> {
  const counts = countsOf(wanted.needs)
  const awaited = wanted.awaited ?? []
  const found = await Promise.all([
    counts.length > 0 ? counted(tx, wanted, counts) : [],
    awaited.length > 0 ? received(tx, awaited) : [],
  ])
  const facts = new Map<number, EventFact[]>()
  for (const [member, own] of Map.groupBy(found.flat(), (row) => row.member)) facts.set(member, distinct(own))
  return facts
}

function countsOf({ counts, events, eventsWithinMs }: Needs): EventCount[] {
  return counts ?? events.map((type) => ({ type, span: eventsWithinMs ?? 'ever', enough: null }))
}

/** One that is both counted and asked about its data is there once, with them. */
function distinct(rows: Row[]): EventFact[] {
  const facts = new Map<number, EventFact>()
  for (const { seq, type, at, data } of rows) {
    if (data || !facts.has(seq)) facts.set(seq, { seq, type, at: at.getTime(), data: data ?? {} })
  }
  return [...facts.values()]
}

/** The newest first, so that a member with a long past is asked for its end alone. */
async function counted(tx: Tx, { members, entries }: EventsWanted, counts: EventCount[]): Promise<Row[]> {
  return tx.rows<Row>(
    `select m.id member, e.id seq, c.type, e.at, e.data
     from unnest($1::bigint[], $2::bigint[]) m(id, entry)
     cross join unnest($3::text[], $4::boolean[], $5::bigint[], $6::int[]) c(type, since, within_ms, enough)
     cross join lateral (
       select id, at, case when c.enough is null then data end data from event
       where member = m.id and type = c.type and id > case when c.since then m.entry else 0 end
         and (c.within_ms is null or at >= date_trunc('milliseconds', now()) - c.within_ms * interval '1 millisecond')
       order by id desc limit c.enough) e`,
    [
      members,
      members.map((id) => entries?.get(id) ?? 0),
      counts.map(({ type }) => type),
      counts.map(({ span }) => span === 'entry'),
      counts.map(({ span }) => (typeof span === 'number' ? span : null)),
      counts.map(({ enough }) => enough),
    ],
    'count-events',
  )
}

/** The oldest first: it is the one that was waited for. */
async function received(tx: Tx, awaited: Awaited[]): Promise<Row[]> {
  return tx.rows<Row>(
    `select a.member, e.id seq, a.type, e.at, e.data
     from unnest($1::bigint[], $2::text[], $3::bigint[], $4::int[]) a(member, type, after, enough)
     cross join lateral (
       select id, at, case when a.enough is null then data end data from event
       where member = a.member and type = a.type and id > a.after
       order by id limit a.enough) e`,
    [
      awaited.map(({ member }) => member),
      awaited.map(({ type }) => type),
      awaited.map(({ after }) => after),
      awaited.map(({ enough }) => enough),
    ],
    'awaited-events',
  )
}
