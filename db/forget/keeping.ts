import type { Db } from '../pool.ts'
import { readSettings } from '../settings.ts'

/** What a workspace keeps: each kind from this day on, the first of a month; null: for good. */
export interface Keeping {
  workspace: number
  events: string | null
  journeys: string | null
  audit: string | null
}

export async function keepingOfAll(db: Db): Promise<Keeping[]> {
  const all = await db.outside((tx) => tx.rows<{ id: number }>('select id from workspace order by id'))
  const keeping: Keeping[] = []
  for (const { id } of all) keeping.push(await keepingOf(db, id))
  return keeping
}

async function keepingOf(db: Db, workspace: number): Promise<Keeping> {
  return db.inWorkspace(workspace, async (tx) => {
    const { retention } = await readSettings(tx)
    const [days] = await tx.rows<Omit<Keeping, 'workspace'>>(
      `select (this_month - $1 * interval '1 month')::date events, (this_month - $2 * interval '1 month')::date journeys,
         (this_month - $3 * interval '1 month')::date audit
       from date_trunc('month', now()) this_month`,
      [retention.events, retention.journeys, retention.audit],
    )
    return { workspace, ...(days ?? { events: null, journeys: null, audit: null }) }
  })
}
