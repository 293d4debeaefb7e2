import { afterAll, expect, test } from 'vitest'
import { wait } from './drawing.ts'
import { openLife } from './life.ts'

const life = await openLife()
const { world } = life
afterAll(world.close)

test('a pause in which the clock of the database was set back ends no wait early', async () => {
  const where = { field: 'event.answer', op: 'eq', value: 'yes' }
  const ana = await life.begin({ hear: wait({ event: 'Replied', where, timeout: 'PT3H' }) })
  await life.pause()
  await world.rows(`update flow set paused_at = paused_at + interval '1 hour', state = state where id = $1`, [
    life.flow(),
  ])
  await life.resume('shift')
  await world.later('PT2H30M')
  await world.post('Replied', ana, { data: { answer: 'no' } }) // so that the wait is looked at before its end
  await world.carry()
  expect(await life.stands(ana)).toMatchObject({ node: 'hear', state: 'resting' })
  await world.later('PT31M')
  expect(await life.stands(ana)).toMatchObject({ node: 'hear', state: 'ended' })
  await life.end()
})
