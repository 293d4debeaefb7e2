import { afterAll, expect, test, vi } from 'vitest'
import { setAlarms, type Alarm } from '../../db/hot/alarms.ts'
import { createStands } from '../../db/hot/stands.ts'
import { freshDatabase } from '../support/fresh-database.ts'

const PATIENCE = { timeout: 20_000, interval: 5 }
const SECOND = 1_000
const SOON = Math.ceil(Date.now() / SECOND) * SECOND

const { db, close, workspace } = await freshDatabase()
afterAll(close)
await db.outside((tx) => createStands(tx, { workspace, version: 1, nodes: ['rest'] }))

/** As many moments as asked for, in no order. */
const moments = (count: number): Alarm[] =>
  Array.from({ length: count }, (_, at) => ({ stand: 1, at: SOON + ((at * 7_919) % count) * SECOND }))

async function somebodyWaits(): Promise<boolean> {
  const waiting = `select 1 from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()`
  return (await db.outside((tx) => tx.rows(waiting))).length > 0
}

test('two crowds that rest until the same moments wait for each other one way only', async () => {
  const crowd = moments(400)
  const begun = Promise.withResolvers<void>()
  const first = db.outside(async (tx) => {
    await setAlarms(tx, [{ stand: 1, at: SOON }])
    begun.resolve()
    await vi.waitUntil(somebodyWaits, PATIENCE)
    return setAlarms(tx, crowd)
  })
  await begun.promise
  const second = db.outside((tx) => setAlarms(tx, crowd))
  const noted = await Promise.all([first, second])
  expect(noted.map((alarms) => alarms.length)).toEqual([crowd.length - 1, 0])
})
