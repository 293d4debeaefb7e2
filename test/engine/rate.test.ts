import { afterAll, expect, test } from 'vitest'
import { takeBudget } from '../../db/hot/budget.ts'
import { freshDatabase } from '../support/fresh-database.ts'

const { db, close } = await freshDatabase()
afterAll(close)

const RATE = 50
const take = (transport: number, wanted: number) =>
  db.outside((tx) => takeBudget(tx, { transport, perSecond: RATE, wanted }))

const letASecondPass = () => db.outside((tx) => tx.rows(`update budget set at = at - interval '1 second'`))

test('all workers together are granted what the rate of a transport allows, and not one more', async () => {
  const began = performance.now()
  const taken = await Promise.all(Array.from({ length: 20 }, () => take(1, 30)))
  const sum = taken.reduce((all, { n }) => all + n, 0)
  const seconds = (performance.now() - began) / 1_000
  expect(sum).toBeGreaterThanOrEqual(RATE)
  expect(sum).toBeLessThanOrEqual(RATE * (1 + seconds))
})

test('what is not taken in a second is not saved up for the next', async () => {
  await take(2, RATE)
  await letASecondPass()
  await letASecondPass()
  expect(await take(2, 1_000)).toMatchObject({ n: RATE })
})

test('whoever finds nothing left is told how long until there is', async () => {
  const slow = { transport: 3, perSecond: 1e-9, wanted: 5 }
  const [first, second] = await db.outside((tx) => Promise.all([takeBudget(tx, slow), takeBudget(tx, slow)]))
  expect(first.n).toBe(1)
  expect(second.n).toBe(0)
  expect(second.inMs).toBe(60_000)
})
