import { afterAll, expect, test } from 'vitest'
import type { Courier } from '../../activities/effects/send.ts'
import type { Engine } from '../../activities/engine.ts'
import { freeWalk, lapsedWalks } from '../../db/hot/free.ts'
import { closeLease } from '../../db/hot/leases.ts'
import { expectBalance } from '../engine/balance.ts'
import { openEngine } from '../engine/open-engine.ts'
import { faultsBetween } from './books.ts'
import { breakingDb, type Break } from './breaking-db.ts'
import { carry, walk } from './carry.ts'
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

test.each([
  ['freed by the reconciler', freeLapsed],
  ['tried again by Temporal', tryAgain],
])(
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

/** Each round trip of a journey on a good day, and again each commit with only its answer lost. */
async function everyMoment(kind: Break['kind']): Promise<(Break & { what: string })[]> {
  const { trips, ...good } = await journey({ at: 0, stored: false, kind })
  expect(good).toEqual({ statuses: ['sent', 'sent'], faults: [] })
  const moments = trips.map((what, index) => ({ at: index + 1, what, stored: false, kind }))
  const commits = moments.filter(({ what }) => what === 'commit')
  return [...moments, ...commits.map((moment) => ({ ...moment, stored: true }))].filter(
    ({ at }) => at > LEASE_TRIPS,
  )
}

const LEASE_TRIPS = 2

type Recovery = (engine: Engine, walks: number[]) => Promise<void>

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
  if (recover) await takeOver(engine, recover)
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

/** Another worker goes on where one died. */
async function takeOver(dead: Engine, recover: Recovery): Promise<void> {
  await db.outside((tx) => closeLease(tx, dead.lease()))
  const second = await openEngine(db, workspace)
  const walks = await db.outside((tx) => tx.rows<{ id: number }>('select id from walk'))
  await recover(
    second.engine,
    walks.map(({ id }) => id),
  )
  await carry({ engine: second.engine, workspace, db })
  await second.close()
}

async function freeLapsed(): Promise<void> {
  for (const { id } of await db.outside(lapsedWalks))
    await db.inWorkspace(workspace, (tx) => freeWalk(tx, id))
}

async function tryAgain(engine: Engine, walks: number[]): Promise<void> {
  for (const id of walks) await walk(engine, id)
}
