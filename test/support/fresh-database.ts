import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { openDb } from '../../db/pool.ts'
import type { Db } from '../../db/pool.ts'

export interface FreshDatabase {
  url: string
  db: Db
  /** The one workspace in it, key `main`. */
  workspace: number
  close(): Promise<void>
}

/** A database of its own for a test file, cloned from the migrated template. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const template = inject('templateUrl')
  const name = `test_${randomBytes(6).toString('hex')}`
  const url = template.replace(/template_fanfare$/, name)
  const maintenance = template.replace(/template_fanfare$/, 'postgres')
  await query(maintenance, `create database ${name} template template_fanfare`)
  const [row] = await query<{ id: number }>(
    url,
    `insert into workspace (key, name) values ('main', 'Main') returning id`,
  )
  if (!row) throw new Error('An insert of one row returns one row.')
  const db = openDb({ url, max: 4, name: 'test' })
  const close = async () => {
    await db.close()
    await query(maintenance, `drop database ${name} with (force)`)
  }
  return { url, db, workspace: row.id, close }
}

async function query<R extends pg.QueryResultRow>(connectionString: string, sql: string): Promise<R[]> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return (await client.query<R>(sql)).rows
  } finally {
    await client.end()
  }
}
