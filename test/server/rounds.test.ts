import { expect, test } from 'vitest'
import { openRounds } from '../../server/worker/rounds.ts'

const NEVER = 1_000_000

/** Rounds whose ends the test decides. */
function rounds() {
  const begun: (() => void)[] = []
  const faults: unknown[] = []
  const work = () => new Promise<void>((resolve) => begun.push(resolve))
  const opened = openRounds({ everyMs: NEVER, work, onFault: (error) => faults.push(error) })
  const end = async () => {
    begun.at(-1)?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { ...opened, begun, faults, end }
}

test('a round never runs beside itself; one that was asked for meanwhile follows, once', async () => {
  const { soon, close, begun, end } = rounds()
  for (let n = 0; n < 3; n += 1) soon()
  expect(begun.length).toBe(1)
  await end()
  expect(begun.length).toBe(2)
  await end()
  expect(begun.length).toBe(2)
  await close()
})

test('a round that fails is told and followed by the next one', async () => {
  const faults: unknown[] = []
  let ran = 0
  const work = async () => {
    ran += 1
    if (ran === 1) throw new Error('away')
  }
  const opened = openRounds({ everyMs: 1, work, onFault: (error) => faults.push(error) })
  while (ran < 3) await new Promise((resolve) => setImmediate(resolve))
  await opened.close()
  expect(faults).toEqual([new Error('away')])
})

test('closing waits for the round that runs, and no other begins', async () => {
  const { soon, close, begun, end } = rounds()
  soon()
  soon()
  let closed = false
  const closing = close().then(() => (closed = true))
  expect(closed).toBe(false)
  await end()
  await closing
  soon()
  expect(begun.length).toBe(1)
})
