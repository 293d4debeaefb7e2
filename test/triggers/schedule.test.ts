import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { pauseFlow, stopFlow } from '../../db/flow-acts.ts'
import { holdFlow } from '../../db/flows.ts'
import { cancelLaunch, holdLaunch, pauseLaunch, type HeldLaunch } from '../../db/launch-acts.ts'
import type { LaunchRow } from '../../db/launches.ts'
import type { Tx } from '../../db/pool.ts'
import { strike } from '../../db/schedules.ts'
import { expectBalance } from '../engine/balance.ts'
import { drawing, waitFor } from '../engine/drawing.ts'
import { somebody } from '../engine/people.ts'
import { openWorld, type World } from '../engine/world.ts'
import { triggering } from './triggering.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const HOURLY = { cron: '0 * * * *', timeZone: 'UTC' }

let world: World
let triggers: ReturnType<typeof triggering>
beforeAll(async () => {
  world = await openWorld()
  triggers = triggering(world)
})
afterEach(async () => {
  await triggers.launchAll()
  await world.carry()
  await expectBalance(world)
})
afterAll(() => world.close())

let tiers = 0
/** A flow with a schedule, as if it had been live for two days; one member in its audience. */
async function scheduled(schedule: object = HOURLY) {
  const tier = `tier-${++tiers}`
  await world.put(somebody({ attributes: { tier } }))
  const document = drawing(
    { pause: waitFor('PT1H') },
    { on: { schedule, audience: { field: 'member.tier', op: 'eq', value: tier } } },
  )
  const flow = await world.publish(document)
  await world.db.outside((tx) =>
    tx.rows(`update watch set seen_until = now() - interval '2 days' where flow = $1`, [flow]),
  )
  const [row] = await world.rows<{ version: number }>('select version from flow where id = $1', [flow])
  return { flow, version: row?.version ?? 0, document }
}

const at = (version: number, instant: number) =>
  world.within((tx) => strike(tx, world.desk.memory, { version, at: instant }))

type Run = Pick<LaunchRow, 'state' | 'entered'> & { at: number; code: string | null }

async function runs(flow: number): Promise<Run[]> {
  return world.rows<Run>(
    `select state, entered, (extract(epoch from scheduled_at) * 1000)::bigint at, reason->>'code' code
     from launch where flow = $1 order by scheduled_at`,
    [flow],
  )
}

/** The last full hour. */
const thisHour = (): number => Math.floor(Date.now() / HOUR) * HOUR

test('an instant of a schedule is launched once, by however many it is brought', async () => {
  const { flow, version } = await scheduled()
  const now = Date.now()
  await Promise.all([at(version, now), at(version, now), at(version, now)])
  await triggers.launchAll()
  expect(await runs(flow)).toMatchObject([{ state: 'done', entered: 1, at: now }])
})

test('of the runs that were missed while everything was down the newest is made up for, the older ones are noted', async () => {
  const { flow } = await scheduled({ cron: '*/10 * * * *', timeZone: 'UTC' })
  await triggers.lookAgain()
  await triggers.launchAll()
  const all = await runs(flow)
  expect(all.at(-1)).toMatchObject({ state: 'done', entered: 1, code: null })
  expect(all.at(-1)?.at).toBeGreaterThan(Date.now() - 10 * MINUTE - 1)
  expect(new Set(all.slice(0, -1).map((run) => `${run.state} ${run.code}`))).toEqual(
    new Set(['skipped schedule-missed']),
  )
  expect(all.length).toBe(100)
  await triggers.lookAgain()
  expect(await runs(flow)).toEqual(all)
})

test('a run that was missed by more than an hour is noted, not made up for', async () => {
  const hour = (new Date().getUTCHours() + 22) % 24
  const { flow } = await scheduled({ cron: `0 ${hour} * * *`, timeZone: 'UTC' })
  await triggers.lookAgain()
  expect((await runs(flow)).map((run) => run.code)).toEqual(['schedule-missed', 'schedule-missed'])
})

test('nothing is owed from before the schedule was published; a new version of it goes on where the old one was', async () => {
  const { flow, document } = await scheduled()
  await world.db.outside((tx) => tx.rows('update watch set seen_until = now() where flow = $1', [flow]))
  await triggers.lookAgain()
  expect(await runs(flow)).toEqual([])
  await world.db.outside((tx) =>
    tx.rows(`update watch set seen_until = to_timestamp($2) where flow = $1`, [flow, thisHour() / 1_000 - 1]),
  )
  await world.publish(document, flow)
  await triggers.look()
  expect((await runs(flow)).map((run) => run.at)).toEqual([thisHour()])
})

test('a run can be paused as any launch, is under way until it is resumed, and can be cancelled', async () => {
  const { flow, version } = await scheduled()
  await at(version, Date.now() - 3)
  const [launch] = await world.rows<{ id: number }>('select id from launch where flow = $1', [flow])
  const act = (work: (tx: Tx, held: HeldLaunch) => Promise<boolean>) =>
    world.within(async (tx) => work(tx, await holdLaunch(tx, launch?.id ?? 0)))
  await act(pauseLaunch)
  await at(version, Date.now() - 2)
  expect(await runs(flow)).toMatchObject([{ state: 'paused' }, { code: 'schedule-overlap' }])
  await act((tx, held) => cancelLaunch(tx, held, 'finish'))
  await at(version, Date.now() - 1)
  expect((await runs(flow)).map((run) => run.state)).toEqual(['cancelled', 'skipped', 'running'])
})

test('a run comes to nothing, and says so, while the one before it is still under way', async () => {
  const { flow, version } = await scheduled()
  await at(version, Date.now() - 2)
  await at(version, Date.now() - 1)
  expect(await runs(flow)).toMatchObject([
    { state: 'running' },
    { state: 'skipped', code: 'schedule-overlap' },
  ])
})

test('on the night when clocks are set back a time that comes twice runs once', async () => {
  const { flow, version } = await scheduled({ cron: '30 2 * * *', timeZone: 'Europe/Madrid' })
  await at(version, Date.parse('2026-10-25T01:30:00Z'))
  expect(await runs(flow)).toMatchObject([{ state: 'skipped', code: 'schedule-again' }])
})

test('a version that was replaced, or a flow that was stopped, launches nothing', async () => {
  const { flow, version, document } = await scheduled()
  await world.publish(document, flow)
  await at(version, Date.now())
  const [row] = await world.rows<{ version: number }>('select version from flow where id = $1', [flow])
  await world.within((tx) => stopFlow(tx, flow, 'finish'))
  await at(row?.version ?? 0, Date.now())
  await triggers.lookAgain()
  expect(await runs(flow)).toEqual([])
})

test('while the flow is paused its runs let members rest at the start', async () => {
  const { flow, version } = await scheduled()
  await world.within(async (tx) => pauseFlow(tx, await holdFlow(tx, flow)))
  await at(version, Date.now())
  await triggers.launchAll()
  await world.carry()
  expect(await runs(flow)).toMatchObject([{ state: 'done', entered: 1 }])
  const where = await world.rows('select node, state from enrollment where flow = $1', [flow])
  expect(where).toEqual([{ node: 'start', state: 'resting' }])
})

test('members who entered at one run enter again at the next, as far as the re-entry rule allows', async () => {
  const { flow, version } = await scheduled()
  for (let n = 0; n < 2; n += 1) {
    await at(version, Date.now())
    await triggers.launchAll()
  }
  await world.carry()
  await world.later('PT2H')
  await at(version, Date.now())
  await triggers.launchAll()
  expect((await runs(flow)).map((run) => run.entered)).toEqual([1, 0, 1])
})
