import { afterAll, expect, test } from 'vitest'
import type { Courier } from '../../activities/effects/send.ts'
import { expectBalance } from '../engine/balance.ts'
import { openEngine } from '../engine/open-engine.ts'
import { faultsBetween } from './books.ts'
import { breakingDb, type Break } from './breaking-db.ts'
import { carry } from './carry.ts'
import { momentsOf, RECOVERIES, takeOver, type Recovery } from './moments.ts'
import { send } from './play.ts'
import { openStage } from './stage.ts'

const LONG = 120_000
const stage = await openStage()
const { play, sink, books, db } = stage
const { workspace } = stage.server
afterAll(stage.close)

let journeys = 0
await play.publish({
  on: 'Begin',
  nodes: {
    first: send('first', ['email'], 'rest'),
    rest: { kind: 'wait', for: { duration: 'PT1M' }, exits: { next: 'second' } },
    second: send('second', ['email'], null),
  },
})

test(
  'a connection that breaks at any statement or commit changes nothing: one copy of each message',
  async () => {
    for (const moment of await everyMoment('cut')) {
      const { statuses, faults } = await journey(moment)
      expect.soft({ moment, statuses, faults }).toEqual({ moment, statuses: ['sent', 'sent'], faults: [] })
    }
    await expectBalance(stage)
  },
  LONG,
)

test.each(RECOVERIES)(
  'a worker that dies at any statement or commit, its walk %s, leaves no second copy and nobody behind',
  async (_how, recover) => {
    for (const moment of await everyMoment('death')) {
      const { statuses, faults } = await journey(moment, recover)
      expect.soft({ moment, statuses, faults }).toEqual({ moment, statuses: expect.any(Array), faults: [] })
    }
    await expectBalance(stage)
  },
  LONG,
)

/** Each round trip of a journey on a good day. */
async function everyMoment(kind: Break['kind']): Promise<ReturnType<typeof momentsOf>> {
  const { trips, ...good } = await journey({ at: 0, stored: false, kind })
  expect(good).toEqual({ statuses: ['sent', 'sent'], faults: [] })
  return momentsOf(trips, kind)
}

/** One member's journey with one bad moment, and what is wrong after it. */
async function journey(moment: Break, recover?: Recovery) {
  const [member = ''] = await play.enlist(`member${(journeys += 1)}`, 1)
  sink.arrivals.splice(0)
  await play.tell('Begin', [member])
  const breaking = breakingDb(db, moment)
  const first = await openEngine(breaking, workspace)
  const { courier, handedOver } = watch(moment.kind === 'death' ? stage.engine.courier : first.engine.courier)
  const engine = { ...first.engine, courier, onFault: () => {} }
  await Promise.race([carry({ engine, workspace, db }), breaking.died])
  await handedOver()
  if (recover) await takeOver(engine, { db, workspace }, recover)
  else await first.close()
  const messages = await books.messages({ member })
  const [enrollment] = await books.enrollments({ member })
  const faults = faultsBetween(messages, sink.arrivals)
  if (enrollment?.reason?.code !== 'end') faults.push('the journey did not end')
  return { trips: breaking.trips, statuses: messages.map((one) => one.status), faults }
}

/** What a process had handed over when it died arrives all the same. */
function watch(courier: Courier): { courier: Courier; handedOver: () => Promise<unknown> } {
  const underWay: Promise<unknown>[] = []
  const watched: Courier['send'] = (prepared) => {
    const outcome = courier.send(prepared)
    underWay.push(outcome)
    return outcome
  }
  return { courier: { ...courier, send: watched }, handedOver: () => Promise.all(underWay) }
}
