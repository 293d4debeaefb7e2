import type { Db, Tx } from '../pool.ts'
import type { Keeping } from './keeping.ts'

/** What is kept in months, and by which setting. Receipts lie in the month they tell of, not in that of their journey. */
const KEPT_BY = { event: 'events', receipt: 'journeys', step: 'journeys', message: 'journeys' } as const

export type Parent = keyof typeof KEPT_BY

/** A month of a table: its first day, and the partition. */
interface Month {
  parent: Parent
  day: string
  table: string
}

/**
 * Drops months of which no workspace keeps anything, whole: that costs as much as dropping a file. A month in which
 * somebody's journey began who is still inside, or was until lately, stays.
 */
export async function dropOldMonths(db: Db, keeping: Keeping[]): Promise<string[]> {
  const live = new Map<number, Set<string>>()
  for (const { workspace, journeys } of keeping)
    if (journeys) live.set(workspace, await db.inWorkspace(workspace, (tx) => liveMonths(tx, journeys)))
  const dropped: string[] = []
  for (const month of await db.outside(pastMonths)) {
    const keepers = keeping.filter((one) => !isPast(month, one, live))
    const free = keepers.length < keeping.length && (await allEmpty(db, keepers, month))
    if (free && (await db.outside((tx) => drop(tx, month)))) dropped.push(month.table)
  }
  return dropped
}

/** Months before `day` that a table still has in part, with the place for rows that came too late for their own. */
export async function partsBefore(tx: Tx, parent: Parent, day: string): Promise<string[]> {
  const months = await pastMonths(tx)
  const old = months.filter((month) => month.parent === parent && month.day < day)
  return [...old.map((month) => month.table), `${parent}_other`]
}

async function pastMonths(tx: Tx): Promise<Month[]> {
  const rows = await tx.rows<{ parent: Parent; table: string }>(
    `select p.relname parent, c.relname "table" from pg_inherits i join pg_class p on p.oid = i.inhparent
     join pg_class c on c.oid = i.inhrelid
     where p.relname = any($1::text[]) and c.relname ~ '_[0-9]{4}_[0-9]{2}$' and p.relnamespace = 'public'::regnamespace
       and right(c.relname, 7) < to_char(current_date, 'YYYY_MM') order by 2`,
    [Object.keys(KEPT_BY)],
  )
  return rows.map((row) => ({ ...row, day: `${row.table.slice(-7).replace('_', '-')}-01` }))
}

function isPast({ parent, day }: Month, keeping: Keeping, live: Map<number, Set<string>>): boolean {
  const from = keeping[KEPT_BY[parent]]
  if (from === null || day >= from) return false
  const ofJourneys = parent === 'step' || parent === 'message'
  return !(ofJourneys && live.get(keeping.workspace)?.has(day))
}

/** Whoever keeps such a month may have nothing in it. */
async function allEmpty(db: Db, keepers: Keeping[], { table }: Month): Promise<boolean> {
  for (const { workspace } of keepers) {
    const found = await db.inWorkspace(workspace, (tx) => tx.rows(`select 1 from ${table} limit 1`))
    if (found.length > 0) return false
  }
  return true
}

/** Months in which journeys began that are not over, or ended on this day or later; and of messages to be sent again. */
async function liveMonths(tx: Tx, day: string): Promise<Set<string>> {
  const rows = await tx.rows<{ period: string }>(
    `select distinct period from enrollment where period < $1::date and (state <> 'ended' or ended_at >= $1::date)
     union select distinct period from message where resend and status in ('pending', 'sending')`,
    [day],
  )
  return new Set(rows.map((row) => row.period))
}

async function drop(tx: Tx, { parent, day }: Month): Promise<boolean> {
  const [row] = await tx.rows<{ dropped: boolean }>('select drop_month($1, $2::date) dropped', [parent, day])
  return row?.dropped ?? false
}
