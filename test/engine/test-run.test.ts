import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { flowStats } from '../../db/flow-stats.ts'
import { listVersions, readFlow } from '../../db/flows.ts'
import { forgetDoneTests } from '../../db/forget-tests.ts'
import { stopFlow } from '../../db/flow-acts.ts'
import { readTestRun } from '../../db/test-runs.ts'
import type { FlowDocument } from '../../flow/document.ts'
import { expectBalance } from './balance.ts'
import { timeIn, zoneAtNoon } from './clock.ts'
import { drawing, send, waitFor } from './drawing.ts'
import { somebody } from './people.ts'
import { journeysOf, ledgerOf, toldOf, traceOf } from './story.ts'
import { draft, tryOut } from './testing.ts'
import { openWorld, type World } from './world.ts'

const WEEKS = drawing({
  hello: send('fixed', ['email']),
  rest: waitFor('P14D'),
  bye: send('fixed', ['email']),
})

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterEach(() => expectBalance(world))
afterAll(() => world.close())

async function tester(change: object = {}): Promise<string> {
  const member = somebody(change)
  await world.put(member)
  return member.externalId
}

/** Members who go through a drawing that was never published, as a test. */
async function tried(document: FlowDocument, ...members: string[]): Promise<{ flow: number; run: number }> {
  const flow = await draft(world, document)
  const run = await tryOut(world, { flow, document, members })
  await world.carry()
  return { flow, run }
}

const statsOf = (flow: number) => world.within((tx) => flowStats(tx, flow))

test('a test run mails the testers only, in seconds, and leaves the numbers alone', async () => {
  const [ana, bob] = [await tester(), await tester()]
  const flow = await world.publish(WEEKS)
  await world.post('Won', bob)
  await world.carry()
  const before = await statsOf(flow)
  const run = await tryOut(world, { flow, document: WEEKS, members: [ana] })
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['hello email sent'])
  await world.later('PT5S')
  expect(await ledgerOf(world, ana)).toEqual(['hello email sent', 'bye email sent'])
  expect(await ledgerOf(world, bob)).toEqual(['hello email sent'])
  expect(await statsOf(flow)).toEqual(before)
  expect(await world.within((tx) => readTestRun(tx, run))).toMatchObject({ active: 0, resting: 0, ended: 1 })
})

test('what a test sends and where it leads is marked as test', async () => {
  const ana = await tester()
  await tried(WEEKS, ana)
  expect(
    await world.rows(
      'select test, counted from message where member = (select id from member where external_id = $1)',
      [ana],
    ),
  ).toEqual([{ test: true, counted: false }])
  expect(await journeysOf(world, ana)).toMatchObject([{ version: null, state: 'resting', code: 'wait' }])
  const told = await toldOf(world, ana)
  expect(told[0]).toBe('start: Entered the flow in a test run.')
  expect(told.at(-1)).toMatch(/^rest: Resting until .+ \(14 days outside of a test\)\.$/)
})

test('a drawing that was never published can be tried; it stays a draft without a version', async () => {
  const ana = await tester()
  const { flow } = await tried(WEEKS, ana)
  expect(await ledgerOf(world, ana)).toEqual(['hello email sent'])
  expect(await world.within((tx) => readFlow(tx, flow))).toMatchObject({
    state: 'draft',
    version: null,
    number: null,
  })
  expect(await world.within((tx) => listVersions(tx, { flow, limit: 9 }))).toEqual([])
  expect(await statsOf(flow)).toMatchObject({ enrolled: 0, nodes: {} })
})

test('the live version goes on as it is while a new drawing of it is tried', async () => {
  const [ana, bob] = [await tester(), await tester()]
  const flow = await world.publish(drawing({ hello: send('fixed', ['email']) }, { on: { event: 'Alive' } }))
  const document = drawing({ hello: send('fixed', ['sms']) }, { on: { event: 'Alive' } })
  await tryOut(world, { flow, document, members: [ana] })
  await world.post('Alive', bob)
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['hello sms sent'])
  expect(await ledgerOf(world, bob)).toEqual(['hello email sent'])
  await world.publish(document, flow)
  expect(await world.within((tx) => readFlow(tx, flow))).toMatchObject({ number: 2 })
})

test.each(['paused', 'stopped'])('a %s flow can be tried, and stays %s', async (state) => {
  const ana = await tester()
  const document = drawing(
    { rest: waitFor('P1D'), hello: send('fixed', ['email']) },
    { on: { event: state } },
  )
  const flow = await world.publish(document)
  await world.rows('update flow set state = $2 where id = $1', [flow, state])
  await tryOut(world, { flow, document, members: [ana] })
  await world.carry()
  await world.later('PT5S')
  expect(await ledgerOf(world, ana)).toEqual(['hello email sent'])
  expect(await world.within((tx) => readFlow(tx, flow))).toMatchObject({ state })
})

test('who is inside, or may enter once only, is tried all the same; and a test bars nobody from entering', async () => {
  const ana = await tester()
  const document = drawing(
    { rest: waitFor('P1D') },
    { on: { event: 'Once' }, settings: { reentry: { policy: 'once' } } },
  )
  const flow = await world.publish(document)
  await tryOut(world, { flow, document, members: [ana] })
  await world.carry()
  await world.post('Once', ana)
  await world.carry()
  await tryOut(world, { flow, document, members: [ana] })
  await world.carry()
  const journeys = await journeysOf(world, ana)
  expect(journeys.map(({ version, state }) => [version, state])).toEqual([
    [null, 'resting'],
    [1, 'resting'],
    [null, 'resting'],
  ])
})

test('a test runs for its members whatever the trigger asks for, with the data it was given', async () => {
  const ana = await tester()
  const gold = { field: 'event.tier', op: 'eq', value: 'gold' }
  const document = drawing(
    { gold: { kind: 'condition', if: gold }, hello: send('fixed', ['email']) },
    { on: { event: 'Bought', where: { field: 'event.total', op: 'gt', value: 100 } } },
  )
  const flow = await draft(world, document)
  await tryOut(world, { flow, document, members: [ana], data: { tier: 'gold' } })
  await tryOut(world, { flow, document, members: [ana], data: { tier: 'silver' } })
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['hello email sent'])
  expect((await journeysOf(world, ana)).map((one) => one.steps.at(-1)?.outcome)).toEqual(['next', 'no'])
})

test('a full frequency cap holds no test up, and a test fills no cap', async () => {
  const ana = await tester()
  await world.settings({ frequencyCaps: [{ max: 1, per: 'day', window: 'rolling' }] })
  const document = drawing(
    { a: send('fixed', ['email']), b: send('fixed', ['sms']) },
    { on: { event: 'Capped' } },
  )
  await world.publish(document)
  await tried(document, ana)
  expect(await ledgerOf(world, ana)).toEqual(['a email sent', 'b sms sent'])
  await world.post('Capped', ana)
  await world.carry()
  expect((await ledgerOf(world, ana)).slice(2)).toEqual(['a email sent'])
  await world.settings({ frequencyCaps: [] })
})

test('nobody gets a test without consent, on a suppressed address, or off the allow-list', async () => {
  const silent = await tester({ consents: [] })
  const gone = await tester({ email: 'sim-invalid-address@members.example' })
  await tried(WEEKS, silent, gone)
  await tried(WEEKS, gone)
  expect(await ledgerOf(world, silent)).toEqual([])
  expect(await toldOf(world, silent)).toContain(
    'hello: Not sent: no channel could be used (email: no consent).',
  )
  expect(await ledgerOf(world, gone)).toEqual(['hello email failed'])
  const ana = await tester()
  await world.settings({ allowList: ['somebody@else.example'] })
  await tried(WEEKS, ana)
  await world.settings({ allowList: null })
  expect(await ledgerOf(world, ana)).toEqual([])
})

test('while sending is switched off a test waits, too', async () => {
  const ana = await tester()
  await world.settings({ sending: false })
  await tried(WEEKS, ana)
  expect(await ledgerOf(world, ana)).toEqual([])
  await world.settings({ sending: true })
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['hello email sent'])
})

test('in quiet hours a test rests once, for seconds, and says how long it would have been', async () => {
  const zone = zoneAtNoon()
  const ana = await tester({ timeZone: zone })
  await world.settings({ quietHours: { from: timeIn(zone, -1), to: timeIn(zone, 3) } })
  await tried(WEEKS, ana)
  expect(await traceOf(world, ana)).toEqual(['start next entered', 'hello resting quiet-hours'])
  expect((await toldOf(world, ana)).at(-1)).toMatch(/: quiet hours \(until .+ outside of a test\)\.$/)
  await world.later('PT5S')
  expect(await ledgerOf(world, ana)).toEqual(['hello email sent'])
  await world.settings({ quietHours: null })
})

test('the clock of a hop runs for seconds, too', async () => {
  const clock = { hops: { email: { until: 'delivered', fallbackAfter: 'P1D' } } }
  const ana = await tester()
  await tried(drawing({ tell: send('fixed', ['email', 'sms'], clock) }), ana)
  await world.later('PT4S')
  expect(await ledgerOf(world, ana)).toEqual(['tell email sent'])
  await world.later('PT1S')
  expect(await ledgerOf(world, ana)).toEqual(['tell email sent', 'tell sms sent'])
})

test('an event that meets the exit criteria ends a test at once', async () => {
  const ana = await tester()
  const exitWhen = { event: 'Closed', count: { op: '>=', n: 1 }, since: 'entry' }
  await tried(drawing({ rest: waitFor('P1D') }, { settings: { exitWhen } }), ana)
  await world.post('Closed', ana)
  await world.carry()
  expect(await journeysOf(world, ana)).toMatchObject([{ state: 'ended', code: 'exit-criteria' }])
})

test('a test that waits for an event goes on when it comes, and gives up after seconds', async () => {
  const [ana, bob] = [await tester(), await tester()]
  const reply = { kind: 'wait', for: { event: 'Replied', timeout: 'P7D' }, exits: { timeout: 'remind' } }
  const document = drawing({ reply, thank: send('fixed', ['email']), remind: send('fixed', ['sms']) })
  const { flow } = await tried(document, ana, bob)
  await world.post('Replied', ana)
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['thank email sent', 'remind sms sent'])
  expect(await ledgerOf(world, bob)).toEqual([])
  await world.later('PT5S')
  expect(await ledgerOf(world, bob)).toEqual(['remind sms sent'])
  expect(await world.within((tx) => readFlow(tx, flow))).toMatchObject({ state: 'draft' })
})

test('who stops a flow and takes everybody out ends its tests as well', async () => {
  const ana = await tester()
  const { flow } = await tried(WEEKS, ana)
  await world.within((tx) => stopFlow(tx, flow, 'exit'))
  await world.carry()
  expect(await journeysOf(world, ana)).toMatchObject([{ state: 'ended', code: 'flow-stopped' }])
})

test('a day after everybody has left it, nothing listens for a test any more; one that still runs is left alone', async () => {
  const [ana, bob] = [await tester(), await tester()]
  const exitWhen = { event: 'Closed', count: { op: '>=', n: 1 }, since: 'entry' }
  const document = drawing({ rest: waitFor('P1D') }, { settings: { exitWhen }, on: { event: 'Forgotten' } })
  await tried(document, ana)
  await world.later('PT5S')
  await tried(document, bob)
  const forget = () => world.within(forgetDoneTests)
  expect(await forget()).toBe(0)
  await world.rows(`update test_run set started_at = now() - interval '2 days'`)
  expect(await forget()).toBeGreaterThan(0)
  await world.post('Closed', bob)
  await world.carry()
  expect(await journeysOf(world, bob)).toMatchObject([{ state: 'ended', code: 'exit-criteria' }])
  expect(await forget()).toBe(1)
  const left = 'select role from listener where version in (select id from flow_version where number is null)'
  expect(await world.rows(left)).toEqual([])
  expect((await journeysOf(world, ana))[0]?.steps.length).toBeGreaterThan(0)
})
