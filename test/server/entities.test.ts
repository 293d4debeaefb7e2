import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MikroORM } from '@mikro-orm/postgresql'
import { ENTITIES } from '../../db/entities/list.ts'
import { Audience } from '../../db/entities/audience.ts'
import { inWorkspace, openOrm } from '../../db/orm.ts'
import { freshDatabase } from '../support/fresh-database.ts'
import type { FreshDatabase } from '../support/fresh-database.ts'

let database: FreshDatabase
let orm: MikroORM
let other: number
beforeAll(async () => {
  database = await freshDatabase()
  orm = openOrm({ url: database.url, max: 2, name: 'test' })
  const [row] = await database.db.outside((tx) =>
    tx.rows<{ id: number }>(`insert into workspace (key, name) values ('other', 'Other') returning id`),
  )
  other = row!.id
})
afterAll(async () => {
  await orm.close()
  await database.close()
})

interface Column {
  name: string
  type: string
  nullable: boolean
}

test('every entity has the columns of its migrated table: names, types and which may be empty', async () => {
  const entities = [...orm.getMetadata().getAll().values()]
  expect(entities.length).toBe(ENTITIES.length)
  for (const meta of entities) {
    const table = await database.db.outside((tx) =>
      tx.rows<Column>(
        `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable
         from pg_attribute a where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
        [meta.tableName],
      ),
    )
    const mapped = meta.props.map((prop) => ({
      name: prop.fieldNames[0]!,
      type: SQL_NAME[prop.columnTypes[0]!] ?? prop.columnTypes[0]!,
      nullable: prop.nullable ?? false,
    }))
    const order = (a: Column, b: Column) => a.name.localeCompare(b.name)
    expect({ table: meta.tableName, columns: mapped.toSorted(order) }).toEqual({
      table: meta.tableName,
      columns: table.toSorted(order),
    })
  }
})

/** The ORM's short names of types, as PostgreSQL spells them out. */
const SQL_NAME: Record<string, string> = {
  int: 'integer',
  'timestamptz(0)': 'timestamp with time zone',
  timestamptz: 'timestamp with time zone',
}

test('a workspace sees and writes its own rows only', async () => {
  const audience = { key: 'mine', name: 'Mine', where: { all: [] } }
  await inWorkspace(orm, database.workspace, async (em) => {
    em.create(Audience, { workspace: database.workspace, ...audience })
  })
  expect(await inWorkspace(orm, database.workspace, (em) => em.count(Audience))).toBe(1)
  expect(await inWorkspace(orm, other, (em) => em.count(Audience))).toBe(0)
  const foreign = inWorkspace(orm, other, async (em) => {
    em.create(Audience, { workspace: database.workspace, ...audience, key: 'planted' })
  })
  await expect(foreign).rejects.toThrow(/row-level security/)
})

test('without a workspace nothing is shown at all', async () => {
  await expect(orm.em.fork().count(Audience)).rejects.toThrow(/app.workspace|type integer/)
})

test('one workspace after another on the same connection stay apart', async () => {
  const counts = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      inWorkspace(orm, n % 2 === 0 ? database.workspace : other, (em) => em.count(Audience)),
    ),
  )
  expect(counts).toEqual(counts.map((_, n) => (n % 2 === 0 ? 1 : 0)))
})
