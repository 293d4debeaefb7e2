import type { Db, Tx } from '../../db/pool.ts'

export interface Statement {
  sql: string
  params: unknown[]
  name: string | null
}

/** A database that remembers each statement it was given, with the parameters of its largest run. */
export function recording(db: Db): { db: Db; statements: Map<string, Statement> } {
  const statements = new Map<string, Statement>()
  const listened = (tx: Tx): Tx => ({
    async rows(sql, params = [], name) {
      const key = `${name} ${sql}`
      const known = statements.get(key)
      if (!known || size(params) > size(known.params))
        statements.set(key, { sql, params, name: name ?? null })
      return tx.rows(sql, params, name)
    },
  })
  const recorded: Db = {
    ...db,
    inWorkspace: (workspace, work) => db.inWorkspace(workspace, (tx) => work(listened(tx))),
    outside: (work) => db.outside((tx) => work(listened(tx))),
  }
  return { db: recorded, statements }
}

const size = (params: unknown[]): number => JSON.stringify(params).length
