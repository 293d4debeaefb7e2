import { afterAll, expect, test } from 'vitest'
import { openCarrier } from '../../activities/carrier.ts'
import { recover, segment } from '../../activities/segment.ts'
import { writeOutcomes, type Settlement } from '../../db/hot/outcomes.ts'
import { takeStand, type Stand } from '../../db/hot/stands.ts'
import { faultsBetween } from './books.ts'
import { carry } from './carry.ts'
import { send } from './play.ts'
import { openStage } from './stage.ts'
import { until } from './until.ts'
import { URGENT } from '../../activities/pace.ts'

const stage = await openStage()
const { play, sink, books, engine, db } = stage
const { workspace } = stage.server
afterAll(stage.close)

async function begin(day: string): Promise<string> {
  const flow = await play.publish({ on: day, nodes: { mail: send('first', ['email'], null) } })
  await play.tell(day, await play.enlist(day, 1))
  return flow
}

test('an outcome that is written again while the message is being sent once more changes nothing', async () => {
  sink.plan([{ at: 'RCPT', act: '451 4.7.1 Greylisted' }])
  const flow = await begin('Again')
  await stage.carryAll()
  sink.plan([{ at: 'dot', act: 'hold' }])
  await stage.letTimePass(600_000)
  const carried = stage.carryAll()
  await until(() => sink.held() === 1)
  const [row] = await books.rows<Settlement>(
    'select id, period, member, enrollment from message order by id desc limit 1',
  )
  const first = { attempt: 1, at: Date.now(), status: 'pending', response: '451 4.7.1 Greylisted' } as const
  const nothing = { reason: null, providerId: null, retryInMs: 0, suppress: null }
  await stage.within((tx) => writeOutcomes(tx, [{ ...row!, ...nothing, ...first }]))
  expect(await books.messages({ flow })).toMatchObject([{ status: 'sending', attempt: 2 }])
  sink.release()
  await carried
  expect(await books.messages({ flow })).toMatchObject([{ status: 'sent', attempt: 2 }])
  expect(faultsBetween(await books.messages({ flow }), sink.arrivals)).toEqual([])
})

test('what one carrier of a process is about to send, another one leaves to it', async () => {
  const flow = await begin('Held')
  const { promise: opened, resolve: open } = Promise.withResolvers<void>()
  const { courier } = engine
  const prepare: typeof courier.prepare = (...jobs) => opened.then(() => courier.prepare(...jobs))
  const slow = { ...engine, courier: { ...courier, prepare } }
  const { of, carried } = await startWalk(slow)
  await until(async () => (await books.messages({ flow })).some((one) => one.status === 'pending'))
  const other = openCarrier(slow, of, URGENT)
  await recover(slow, of, other)
  expect(other.inFlight()).toBe(0)
  open()
  await carried
  await carry({ engine, workspace, db })
  expect(await books.messages({ flow })).toMatchObject([{ status: 'sent', attempt: 1 }])
})

async function startWalk(by: typeof engine) {
  const [stand] = await stage.rows<Stand>(
    `select id, workspace, version, node, lane from stand where node = 'begin' and lane = 'urgent' order by id desc limit 1`,
  )
  if (!stand) throw new Error('A published flow has stands.')
  const taken = await db.outside((tx) => takeStand(tx, stand.id, { workflowId: 'held', lease: by.lease() }))
  const walk = taken?.walk ?? 0
  return { of: { stand, walk }, carried: segment(by, walk, URGENT) }
}
