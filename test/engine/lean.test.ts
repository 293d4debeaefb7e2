import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase, type FreshDatabase } from '../support/fresh-database.ts'

let database: FreshDatabase
beforeAll(async () => void (database = await freshDatabase()))
afterAll(() => database.close())

/** What a table was given for the autovacuum, by name. */
async function options(like: string): Promise<Map<string, string[]>> {
  const rows = await database.db.outside((tx) =>
    tx.rows<{ name: string; options: string[] | null }>(
      `select relname "name", reloptions options from pg_class
       where relkind = 'r' and relnamespace = 'public'::regnamespace and relname ~ $1`,
      [like],
    ),
  )
  return new Map(rows.map((row) => [row.name, row.options ?? []]))
}

test('each month of the tables that grow is looked after early, also one that is made later', async () => {
  await database.db.outside((tx) => tx.rows(`select ensure_partitions('2031-05-01', '2031-05-01')`))
  const months = await options('^(event|step|message|receipt)_([0-9]{4}_[0-9]{2}|other)$')
  expect(months.size).toBeGreaterThan(30)
  expect(months.has('step_2031_05')).toBe(true)
  for (const [name, own] of months) {
    expect({ name, own }).toMatchObject({
      own: expect.arrayContaining(['autovacuum_vacuum_scale_factor=0.02']),
    })
  }
  const messages = [...months].filter(([name]) => name.startsWith('message'))
  expect(messages.filter(([, own]) => !own.includes('fillfactor=75'))).toEqual([])
})

test('small tables whose rows change all the time are looked after by their dead rows, not by their size', async () => {
  const small = await options('^(stand|walk|alarm|lease|launching|launch|watch|stamp)$')
  expect(small.size).toBe(8)
  for (const own of small.values()) expect(own).toContain('autovacuum_vacuum_threshold=500')
  expect((await options('^enrollment$')).get('enrollment')).toEqual(
    expect.arrayContaining(['fillfactor=60', 'autovacuum_vacuum_scale_factor=0.02']),
  )
})
