import type { Db, Tx } from '../../db/pool.ts'

/** A round trip to the database: a statement, or the commit that ends its transaction. */
export interface Break {
  /** Which round trip, counted from 1. */
  at: number
  /** A commit that breaks after the server stored it loses its answer alone. */
  stored: boolean
  /** `cut`: this round trip fails, as when a connection is lost. `death`: nothing after it is ever answered. */
  kind: 'cut' | 'death'
}

export interface BreakingDb extends Db {
  /** What the round trips so far were: `commit`, or the beginning of a statement. */
  trips: string[]
  /** Resolves when it died. */
  died: Promise<void>
}

/** A database whose connection breaks at one round trip, or whose process dies there. */
export function breakingDb(db: Db, { at, stored, kind }: Break): BreakingDb {
  const trips: string[] = []
  const { promise: died, resolve: die } = Promise.withResolvers<void>()
  const forever = new Promise<never>(() => {})
  let dead = false
  const isDue = (what: string): boolean => trips.push(what) === at
  const fault = new Error('The connection broke.')
  const strike = (): void => {
    if (kind === 'death') dead = true
    if (kind === 'death') die()
  }

  async function transaction<T>(
    run: (work: (tx: Tx) => Promise<T>) => Promise<T>,
    work: (tx: Tx) => Promise<T>,
  ): Promise<T> {
    if (dead) return forever
    let lost = false
    const breaking = (tx: Tx): Tx => ({
      async rows(sql, params, name) {
        if (dead || (isDue(sql.trim().slice(0, 60)) && !stored)) {
          strike()
          throw fault
        }
        return tx.rows(sql, params, name)
      },
    })
    try {
      const result = await run(async (tx) => {
        const answer = await work(breaking(tx))
        const due = isDue('commit')
        if (dead || (due && !stored)) {
          strike()
          throw fault
        }
        lost = due
        return answer
      })
      if (!lost) return result
      strike()
      throw fault
    } catch (error) {
      return dead ? forever : Promise.reject(error)
    }
  }

  return {
    ...db,
    trips,
    died,
    inWorkspace: (workspace, work) => transaction((run) => db.inWorkspace(workspace, run), work),
    outside: (work) => transaction((run) => db.outside(run), work),
  }
}
