import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Clocks } from '../../db/flow-acts.ts'
import { dropWalk } from '../../db/hot/stands.ts'
import type { Db } from '../../db/pool.ts'
import { stoodStill, type Pause } from '../../flow/pauses.ts'
import { actsOn } from './acts.ts'
import { expectBalance } from './balance.ts'
import { drawing, send, wait, waitFor } from './drawing.ts'
import { openEngine, type TestEngine } from './open-engine.ts'
import { somebody } from './people.ts'
import { openWorld, type World } from './world.ts'

const LONG = { timeout: 90_000 }
const CREWS = 3
const PEOPLE = 240
const WAIT = 300
/** Four instants, each known to a millisecond. */
const ROUNDED = 2

let world: World
let acts: ReturnType<typeof actsOn>
let crews: TestEngine[]
const lost: unknown[] = []
beforeAll(async () => {
  world = await openWorld({ through: noting })
  acts = actsOn(world)
  crews = await Promise.all(Array.from({ length: CREWS }, () => openEngine(world.db, world.workspace)))
})
afterAll(async () => {
  await Promise.all(crews.map((crew) => crew.close()))
  await world.close()
})

/** The same database, and a note of every transaction that PostgreSQL ended for another to go on. */
function noting(db: Db): Db {
  const noted = async <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: { code?: string }) => {
      if (error.code === '40P01' || error.code === '40001') lost.push(error.code)
      throw error
    })
  return {
    ...db,
    inWorkspace: (workspace, work) => noted(db.inWorkspace(workspace, work)),
    outside: (work) => noted(db.outside(work)),
  }
}

/** Carries whoever is ready, again and again, in parallel, until told to stop. */
function carryOn(): () => Promise<void> {
  let open = true
  const running = crews.map(async ({ carryAll }) => {
    while (open) {
      await carryAll()
      await pause(5)
    }
  })
  return async () => {
    open = false
    await Promise.all(running)
    await finishWalks()
  }
}

/** What a worker does with walks whose sends outlasted a segment, as they do on a busy machine. */
async function finishWalks(): Promise<void> {
  const walks = await world.db.outside((tx) => tx.rows<{ id: number }>('select id from walk'))
  for (const { id } of walks) while (!(await world.within((tx) => dropWalk(tx, id)))) await pause(20)
}

const CLOCK = { hops: { email: { until: 'delivered', fallbackAfter: 'PT0.3S' } } }
const CLOSED = { event: 'Closed', count: { op: '>=', n: 1 }, since: 'entry' }
const drawn = (on: string) =>
  drawing(
    {
      first: waitFor(`PT${WAIT / 1_000}S`),
      mail: send('fixed', ['email', 'sms'], CLOCK),
      hear: wait({ event: 'Replied', timeout: 'PT0.3S' }),
      last: send('fixed', ['email']),
    },
    { on: { event: on }, settings: { exitWhen: CLOSED } },
  )

async function enlist(count: number, on: string): Promise<string[]> {
  const people = Array.from({ length: count }, () => somebody())
  await world.put(...people)
  const members = people.map((one) => one.externalId)
  await world.postAll(members.map((member) => ({ type: on, member })))
  return members
}

const inside = (flow: number) =>
  world.rows(`select 1 from enrollment where flow = $1 and state <> 'ended' limit 1`, [flow])

async function untilAllHaveEnded(flow: number): Promise<void> {
  while ((await inside(flow)).length > 0) await pause(20)
}

const pausesOf = (flow: number) =>
  world.rows<Pause>(
    `select (extract(epoch from began_at) * 1000)::bigint "from", (extract(epoch from ended_at) * 1000)::bigint "to", clocks
     from pause where flow = $1 order by id`,
    [flow],
  )

/** When each member reached the first wait, and when they left it. */
const firstWaits = (flow: number) =>
  world.rows<{ arrived: Date; left: Date }>(
    `select a.at arrived, l.at "left" from enrollment e
     join step a on a.enrollment = e.id and a.node = 'start' and a.outcome = 'next'
     join step l on l.enrollment = e.id and l.node = 'first' and l.outcome = 'next' where e.flow = $1`,
    [flow],
  )

test(
  'a flow that is paused, resumed, published and left by many while walks carry them loses nobody and ends no wait early',
  LONG,
  async () => {
    const flow = await world.publish(drawn('Crowd'))
    const stop = carryOn()
    const members = await enlist(PEOPLE / 4, 'Crowd')
    const ways: Clocks[] = ['shift', 'catch-up', 'shift']
    for (const clocks of ways) {
      await acts.pause(flow)
      members.push(...(await enlist(PEOPLE / 8, 'Crowd')))
      const some = members.filter((_, at) => at % 5 === 0)
      await world.postAll(some.map((member) => ({ type: 'Replied', member })))
      await Promise.all([acts.resume(flow, clocks), reportSome()])
      members.push(...(await enlist(PEOPLE / 8, 'Crowd')))
      await Promise.all([
        acts.move(flow, drawn('Crowd')),
        world.postAll(members.filter((_, at) => at % 11 === 0).map((member) => ({ type: 'Closed', member }))),
      ])
    }
    await untilAllHaveEnded(flow)
    await stop()
    await expectBalance(world)
    expect(await world.rows('select count(*) n from enrollment where flow = $1', [flow])).toEqual([
      { n: members.length },
    ])
    const reasons = await world.rows<{ code: string }>(
      `select distinct reason->>'code' code from enrollment where flow = $1`,
      [flow],
    )
    expect(new Set(reasons.map((row) => row.code))).toEqual(new Set(['end', 'exit-criteria']))
    const pauses = await pausesOf(flow)
    expect(pauses.map((one) => one.clocks)).toEqual(ways)
    const waits = await firstWaits(flow)
    expect(waits.length).toBeGreaterThan(PEOPLE / 2)
    const early = waits.filter(({ arrived, left }) => {
      const stopped = stoodStill(
        pauses.filter(({ from }) => from < left.getTime()),
        arrived.getTime(),
      )
      return left.getTime() - arrived.getTime() - stopped < WAIT - ROUNDED
    })
    expect(early).toEqual([])
    expect(lost).toEqual([])
  },
)

async function reportSome(): Promise<void> {
  const sent = await world.rows<{ id: number }>(`select id from message where status = 'sent' and id % 3 = 0`)
  for (const { id } of sent.slice(0, 20)) await world.report(id, 'delivered')
}

test(
  'a pause in the middle of a crowd lets nothing more leave than what was granted by then',
  LONG,
  async () => {
    const flow = await world.publish(drawn('Held'))
    const stop = carryOn()
    const members = await enlist(PEOPLE, 'Held')
    while ((await sentOf(flow)) === 0) await pause(1)
    await acts.pause(flow)
    while (await carriesSomebody()) await pause(10)
    const sent = await sentOf(flow)
    await enlist(10, 'Held')
    await world.settings({ sending: false })
    await world.settings({ sending: true })
    while (await carriesSomebody()) await pause(10)
    expect(await sentOf(flow)).toBe(sent)
    await acts.resume(flow, 'catch-up')
    await untilAllHaveEnded(flow)
    await stop()
    await expectBalance(world)
    const [{ n } = { n: 0 }] = await world.rows<{ n: number }>(
      `select count(distinct enrollment) n from message where flow = $1 and node = 'mail' and status = 'sent'`,
      [flow],
    )
    expect(n).toBe(members.length + 10)
    expect(lost).toEqual([])
  },
)

const sentOf = async (flow: number) =>
  (await world.rows(`select 1 from message where flow = $1 and granted_at is not null`, [flow])).length

const carriesSomebody = async () =>
  (
    await world.rows(
      `select 1 from enrollment where state <> 'ended' and (walk is not null or due_at <= now())`,
    )
  ).length > 0

test(
  'who stops a flow in the middle of a crowd takes everybody out, and nothing more leaves',
  LONG,
  async () => {
    const flow = await world.publish(drawn('Stopped'))
    const stop = carryOn()
    await enlist(PEOPLE, 'Stopped')
    while ((await sentOf(flow)) === 0) await pause(1)
    await acts.stop(flow, 'exit')
    while (await carriesSomebody()) await pause(10)
    expect(await inside(flow)).toEqual([])
    await stop()
    await expectBalance(world)
    expect(lost).toEqual([])
  },
)
