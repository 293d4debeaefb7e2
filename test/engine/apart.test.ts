import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase, type FreshDatabase } from '../support/fresh-database.ts'

/** Numbers and node ids only: background work reads these before it knows a workspace. */
const OUTSIDE = ['budget', 'public_id', 'stand', 'walk', 'workspace', 'alarm', 'lease', 'launching', 'watch']

let database: FreshDatabase
let admin: pg.Client
let tables: string[]
let theirs: number
beforeAll(async () => {
  database = await freshDatabase()
  admin = new pg.Client({ connectionString: database.url })
  await admin.connect()
  theirs = (await admin.query(`insert into workspace (key, name) values ('other', 'Other') returning id`))
    .rows[0].id
  tables = (
    await admin.query(
      `select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace'
       where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and c.relname <> all($1) order by 1`,
      [OUTSIDE],
    )
  ).rows.map((row) => row.relname)
  for (const table of tables.filter((one) => !isPartition(one))) {
    for (const workspace of [database.workspace, theirs]) await addRow(table, workspace)
  }
})
afterAll(async () => {
  await admin.end()
  await database.close()
})

const isPartition = (table: string): boolean => /_(\d{4}_\d{2}|other)$/.test(table)
/** Tables that have rows of the other workspace: of the partitions, those of this month. */
const filled = (): Promise<string[]> =>
  tablesWhere((table) => `select 1 from ${table} where workspace = ${theirs} limit 1`)

async function tablesWhere(finds: (table: string) => string): Promise<string[]> {
  const found: string[] = []
  for (const table of tables) if ((await admin.query(finds(table))).rows.length > 0) found.push(table)
  return found
}

/** What the app, in its own workspace, gets of a statement: rows, or the reason it was refused. */
async function asked(sql: string): Promise<number | string> {
  return database.db
    .inWorkspace(database.workspace, async (tx) => (await tx.rows(sql)).length)
    .catch((error: pg.DatabaseError) => error.code ?? error.message)
}

const REFUSED = '42501'
/** Never set, or set for an earlier transaction and empty since. */
const UNSET = /42704|22P02/

test('every table with a workspace keeps workspaces apart, also from its owner', async () => {
  const { rows } = await admin.query(
    `select relname from pg_class c where relname = any($1) and not (relrowsecurity and relforcerowsecurity
       and (select count(*) from pg_policy p where p.polrelid = c.oid) = 1)`,
    [tables],
  )
  expect(rows).toEqual([])
  expect(tables.length).toBeGreaterThan(40)
})

test('every table without one holds numbers, ids and keys only', async () => {
  const { rows } = await admin.query(
    `select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
       and relname <> all($1) and relname <> all($2) and relname not like 'mikro_orm%'`,
    [tables, OUTSIDE],
  )
  expect(rows).toEqual([])
})

test('the app sees, changes and removes nothing of another workspace', async () => {
  for (const table of await filled()) {
    expect({ table, saw: await asked(`select 1 from ${table} where workspace = ${theirs}`) }).toEqual({
      table,
      saw: 0,
    })
    expect({ table, saw: await asked(`select 1 from ${table}`) }).not.toEqual({ table, saw: 0 })
    const changed = await asked(
      `update ${table} set workspace = workspace where workspace = ${theirs} returning 1`,
    )
    expect({ table, changed }).toEqual({ table, changed: 0 })
    const removed = await asked(`delete from ${table} where workspace = ${theirs} returning 1`)
    expect({ table, removed }).toEqual({ table, removed: 0 })
  }
})

test('the app can neither write a row for another workspace nor give it one of its own', async () => {
  for (const table of await filled()) {
    const given = await asked(`update ${table} set workspace = ${theirs}`)
    expect({ table, given }).toEqual({ table, given: REFUSED })
    const { columns, values } = await rowFor(table, theirs)
    const written = await asked(
      `insert into ${table} (${columns.join()}) values (${values.map(quoted).join()})`,
    )
    expect({ table, written }).toEqual({ table, written: REFUSED })
  }
})

test('a statement outside any workspace is refused, not answered with nothing', async () => {
  for (const table of tables) {
    const answer = await database.db
      .outside((tx) => tx.rows(`select 1 from ${table}`))
      .catch((error: pg.DatabaseError) => error.code)
    expect({ table, answer }).toEqual({ table, answer: expect.stringMatching(UNSET) })
  }
})

test('an owner of the tables who is no superuser sees no more than the app', async () => {
  await admin.query('create role plain_owner nosuperuser nobypassrls')
  const shown = await filled()
  try {
    for (const table of tables) await admin.query(`alter table ${table} owner to plain_owner`)
    await admin.query(`set role plain_owner; set app.workspace = '${database.workspace}'`)
    const seen = await tablesWhere((table) => `select 1 from ${table} where workspace = ${theirs}`)
    expect(seen).toEqual([])
    const own = await tablesWhere((table) => `select 1 from ${table}`)
    expect(own).toEqual(shown)
  } finally {
    await admin.query('reset role; reset app.workspace')
    for (const table of tables) await admin.query(`alter table ${table} owner to current_user`)
    await admin.query('drop role plain_owner')
  }
})

interface Row {
  columns: string[]
  values: unknown[]
}

/** The smallest row a table takes, whatever it refers to. */
async function rowFor(table: string, workspace: number): Promise<Row> {
  const { rows } = await admin.query<{ name: string; type: string }>(
    `select attname name, format_type(atttypid, null) type from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attidentity = ''
       and (attname = 'workspace' or (attnotnull and not atthasdef) or attrelid = 'flow_version'::regclass and attname = 'number')`,
    [table],
  )
  const columns = rows.map((row) => `"${row.name}"`)
  return { columns, values: rows.map((row) => (row.name === 'workspace' ? workspace : valueFor(table, row))) }
}

async function addRow(table: string, workspace: number): Promise<void> {
  const { columns, values } = await rowFor(table, workspace)
  await admin.query(`set session_replication_role = replica; set app.workspace = '${workspace}'`)
  await admin.query(`insert into ${table} (${columns.join()}) values (${values.map(quoted).join()})`)
  await admin.query('reset session_replication_role; reset app.workspace')
}

let made = 0
/** Columns that take certain words only. */
const WORDS: Record<string, string> = {
  kind: 'email',
  role: 'start',
  status: 'sent',
  lane: 'urgent',
  clocks: 'shift',
  state: 'granted',
}

/** What only one table takes. */
const OWN: Record<string, Record<string, unknown>> = {
  enrollment: { state: 'ended' },
  webhook_call: { status: 'done' },
  import: { kind: 'members', state: 'done', rows: 0, accepted: 0, duplicates: 0, rejected: 0 },
}

function valueFor(table: string, { name, type }: { name: string; type: string }): unknown {
  const own = OWN[table] ?? {}
  if (name in own) return own[name]
  if (name in WORDS) return WORDS[name]
  if (/int/.test(type)) return ++made
  return VALUES[type] ?? `${table} ${Math.random()}`
}

const VALUES: Record<string, unknown> = {
  boolean: true,
  jsonb: '{}',
  bytea: '\\x00',
  'text[]': '{}',
  date: new Date().toISOString().slice(0, 8) + '01',
  'timestamp with time zone': new Date().toISOString(),
  uuid: '00000000-0000-4000-8000-000000000000',
}

const quoted = (value: unknown): string => pg.escapeLiteral(String(value))
