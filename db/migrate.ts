import { Migrator } from '@mikro-orm/migrations'
import { MikroORM } from '@mikro-orm/postgresql'
import pg from 'pg'
import { migrationsList } from './migrations/list.ts'

/** Any number that nobody else in this database locks. */
const LOCK = 7_326_273

/** Brings the database at `url` to the newest schema; again is fine, and so is at the same time from several processes. */
export async function migrate(url: string): Promise<void> {
  const gate = new pg.Client({ connectionString: url })
  await gate.connect()
  try {
    await gate.query('select pg_advisory_lock($1)', [LOCK])
    await runPending(url)
  } finally {
    await gate.end()
  }
}

async function runPending(url: string): Promise<void> {
  const orm = await MikroORM.init({
    clientUrl: url,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    extensions: [Migrator],
    migrations: { migrationsList, snapshot: false, silent: true },
  })
  try {
    await orm.migrator.up()
  } finally {
    await orm.close(true)
  }
}
