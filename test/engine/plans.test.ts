import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alarmsDue, ring, ringOverdue, setAlarms } from '../../db/hot/alarms.ts'
import { takeBudget } from '../../db/hot/budget.ts'
import { ungrantCalls } from '../../db/hot/call-grant.ts'
import { carriedAndSettled } from '../../db/hot/claim.ts'
import { freeOrphans, freeWalk, lapsedWalks, olderWalks, wakeOverdue } from '../../db/hot/free.ts'
import { ungrant } from '../../db/hot/grant.ts'
import { renewLease } from '../../db/hot/leases.ts'
import { seeThrough } from '../../db/see-through.ts'
import { standings } from '../../db/standings.ts'
import { forgetOldVersions } from '../../db/forget-versions.ts'
import type { FlowDocument } from '../../flow/document.ts'
import { matchEarlyReceipts } from '../../db/receipts.ts'
import { cancelLaunch, holdLaunch } from '../../db/launch-acts.ts'
import { takeOutOfLaunches } from '../../db/launch-exits.ts'
import { roomAhead } from '../../db/launch-room.ts'
import { beginLaunch } from '../../db/launches.ts'
import { matchLostReceipts } from '../../db/lost-receipts.ts'
import { triggering } from '../triggers/triggering.ts'
import { startDomainSystem } from '../support/domain-system.ts'
import { actsOn } from './acts.ts'
import { carryThrough, webhook } from './calls.ts'
import { BIG, fillWithoutStatistics } from './crowd.ts'
import { drawing, send, update, wait, waitFor } from './drawing.ts'
import { openEngine } from './open-engine.ts'
import { somebody } from './people.ts'
import { recording, type Statement } from './recorder.ts'
import { during } from './slow-provider.ts'
import { messagesOf } from './story.ts'
import { openWorld, type World } from './world.ts'

const READS = /^\s*(select|insert|update|delete|with)/
/** Statements of the tests themselves: time that passes, and a look at the ledger. */
const OWN = /^update \w+ set \w+ = \w+ - \d+ \*|'\{renewal\}'|\$1::text is null or/

let world: World
let statements: Statement[]
beforeAll(async () => {
  let recorded = new Map<string, Statement>()
  world = await openWorld({
    through(db) {
      const recorder = recording(db)
      recorded = recorder.statements
      return recorder.db
    },
  })
  await fillWithoutStatistics(world.url, world.workspace)
  recorded.clear()
  await liveThroughEverything()
  statements = [...recorded.values()].filter(({ sql }) => READS.test(sql) && !OWN.test(sql))
})
afterAll(() => world.close())

/** A scene each for what the engine, ingestion and receipts do to the big tables. */
async function liveThroughEverything(): Promise<void> {
  const anybody = {
    any: [
      { inList: 'vip' },
      { flow: { id: 'flw_2', state: 'inside' } },
      { event: 'Crowded', count: { op: '>', n: 9 } },
    ],
  }
  const exitWhen = { any: [{ event: 'Closed', count: { op: '>', n: 0 } }, { message: { status: 'read' } }] }
  const clock = { hops: { email: { until: 'delivered', fallbackAfter: 'PT1H' } } }
  const nodes = {
    some: { kind: 'audience', where: { not: anybody } },
    tell: send('fixed', ['email', 'sms'], clock),
    rest: waitFor('P1D'),
  }
  const flow = await world.publish(drawing(nodes, { settings: { exitWhen } }))
  await world.rows(`insert into list (workspace, key, name) values ($1, 'vip', 'VIP')`, [world.workspace])
  await world.settings({ frequencyCaps: [{ max: 9, per: 'day', window: 'rolling' }] })
  const people = [
    somebody(),
    somebody({ email: 'sim-invalid-address@x.example' }),
    somebody({ email: 'sim-not-sent@x.example' }),
  ]
  const [ana = '', bob = '', eve = ''] = people.map((one) => one.externalId)
  await world.put(...people)
  for (const member of [ana, bob, eve]) await world.post('Won', member)
  await world.post('Won', ana)
  await world.carry()
  await world.later('PT1M')
  const [mail] = await messagesOf(world, ana)
  await world.report(mail?.id ?? 0, 'delivered')
  await world.report(mail?.id ?? 0, 'bounced', { hard: true })
  await world.within((tx) => matchEarlyReceipts(tx, world.desk, { transport: 1, providerIds: ['nobody'] }))
  await world.settings({ sending: false })
  await world.later('PT1H')
  await world.settings({ sending: true })
  await world.put({
    externalId: eve,
    consents: [{ topic: '*', channel: 'email', state: 'revoked', source: 'link' }],
  })
  await world.carry()
  await world.post('Closed', ana)
  await act(flow, drawing(nodes, { settings: { exitWhen } }))
  await world.carry()
  await changeAndWait(ana)
  await comeUnasked(eve)
  await callOut(bob)
  await die(bob)
}

/** A pause, another version, and the end of a flow with people inside. */
async function act(flow: number, next: FlowDocument): Promise<void> {
  const acts = actsOn(world)
  await acts.pause(flow)
  await world.later('PT1H')
  await acts.resume(flow, 'shift')
  await world.within((tx) => standings(tx, flow))
  await acts.move(flow, next)
  await acts.stop(flow, 'exit')
  await seeThrough(world.db, { workspace: world.workspace, flow: null })
  await world.within(forgetOldVersions)
}

/** A launch, and a date that makes a member enter. */
async function comeUnasked(member: string): Promise<void> {
  const triggers = triggering(world)
  const [row] = await world.rows<{ id: number }>('select id from member where external_id = $1', [member])
  const flow = await world.publish(drawing({ rest: waitFor('P1D') }, { on: { date: { attribute: 'born' } } }))
  const of = { members: [row?.id ?? 0] }
  const launch = await world.within((tx) => beginLaunch(tx, { flow, of, author: 'test', perMinute: 60 }))
  await triggers.launchAll()
  const [live] = await world.rows<{ version: number }>('select version from flow where id = $1', [flow])
  await world.within((tx) => roomAhead(tx, world.desk.memory, live?.version ?? 0))
  await world.within(async (tx) => cancelLaunch(tx, await holdLaunch(tx, launch ?? 0), 'exit'))
  await world.carry()
  await takeOutOfLaunches(world.db, { workspace: world.workspace, launch: null })
  await matchLostReceipts(world.db, world.desk, world.workspace)
  await world.put({ externalId: member, attributes: { born: '2000-02-29' } })
  await triggers.look()
  await world.rows(
    `insert into occurrence (workspace, flow, member, day, due_at) values ($1, $2, $3, '2026-02-28', now())`,
    [world.workspace, flow, row?.id],
  )
  await triggers.enterByDate()
  await world.carry()
}

/** A wait for an event, for a date, and what is changed in between. */
async function changeAndWait(member: string): Promise<void> {
  const where = { field: 'event.order', op: 'exists' }
  const consent = { topic: 'prizes', channel: 'sms', state: 'revoked', wording: 'No.' }
  const nodes = {
    paid: wait({ event: 'Paid', where, timeout: 'P1D' }),
    note: update({ set: { 'member.renewal': '2099-01-01' }, addTags: ['paid'], consent }),
    until: wait({ date: 'renewal' }),
  }
  await world.publish(drawing(nodes, { on: { event: 'Ordered' } }))
  await world.post('Ordered', member)
  await world.carry()
  for (const order of [undefined, 7]) await world.post('Paid', member, { data: { order } })
  await world.carry()
  await world.put({ externalId: member, timeZone: 'Europe/Madrid', attributes: { renewal: '2020-01-01' } })
  await world.carry()
}

/** A call that is made again and answered, and one that an exit ends before. */
async function callOut(member: string): Promise<void> {
  const shop = await startDomainSystem()
  const closed = { event: 'Hung up', count: { op: '>', n: 0 }, since: 'entry' }
  const store = { 'journey.n': 'n' }
  const nodes = { call: webhook(shop.url, {}, { store }), rest: waitFor('P1D') }
  await world.publish(drawing(nodes, { on: { event: 'Call' }, settings: { exitWhen: closed } }))
  for (const behaviours of [[FAULT, { answer: 200, body: '{"n": 1}' }], [FAULT]]) {
    shop.plan(...behaviours)
    await world.post('Call', member)
    await carryThrough(world)
    if (behaviours.length > 1) await world.later('PT1S')
    await world.post('Hung up', member)
    await world.carry()
  }
  await world.within((tx) => ungrantCalls(tx, world.engine.lease(), [1]))
  await shop.close()
}

const FAULT = { answer: 500 }

/** What the reconciler does after a process that carried somebody has died. */
async function die(member: string): Promise<void> {
  await world.publish(drawing({ tell: send('fixed', ['sms']) }, { on: { event: 'Die' } }))
  await world.post('Die', member)
  during(world.engine, 'prepare', async () => {
    const [walk] = await world.db.outside((tx) => tx.rows<{ id: number }>('select id from walk'))
    await world.within((tx) => ungrant(tx, world.engine.lease(), [1]))
    await world.within((tx) => carriedAndSettled(tx, walk?.id ?? 0))
    await world.within((tx) => freeWalk(tx, walk?.id ?? 0))
  })
  await world.carry()
  await world.within(freeOrphans)
  await world.within((tx) => wakeOverdue(tx, 0))
  await world.db.outside(async (tx) => {
    await takeBudget(tx, { transport: 1, perSecond: 1, wanted: 1 })
    await renewLease(tx, world.engine.lease())
    await lapsedWalks(tx)
    await olderWalks(tx, 0)
    await setAlarms(tx, [{ stand: 1, at: 0 }])
    await alarmsDue(tx, 1_000)
    await ring(tx, { stand: 1, at: 0 })
    await ringOverdue(tx)
  })
  const restarted = await openEngine(world.db, world.workspace)
  await restarted.carryAll()
  await restarted.close()
}

test('the scenes use every named statement of the hot path', () => {
  const folder = new URL('../../db/hot/', import.meta.url)
  const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'))
  const written = sources.flatMap((text) =>
    [...text.matchAll(/\],\s*'([a-z-]+)',?\s*\)/g)].map(([, name]) => name),
  )
  const used = new Set(statements.map(({ name }) => name))
  expect(written.filter((name) => name !== undefined && !used.has(name))).toEqual([])
  expect(used.size).toBeGreaterThan(25)
})

test.each(['generic', 'custom'] as const)(
  'no statement reads a big table from end to end, by its %s plan',
  async (kind) => {
    const scans: string[] = []
    for (const statement of statements) {
      const tables = await bigScans(world, statement, kind)
      if (tables.length > 0) scans.push(`${statement.name ?? statement.sql}: ${tables.join()}`)
    }
    expect(scans).toEqual([])
  },
)

test('on a fresh install, where every table is empty, none is prepared that would', async () => {
  const fresh = await openWorld()
  const scans: string[] = []
  for (const statement of statements.filter(({ name }) => name !== null)) {
    if ((await bigScans(fresh, statement, 'generic')).length > 0) scans.push(statement.name ?? '')
  }
  await fresh.close()
  expect(scans).toEqual([])
})

/** The big tables that a statement's plan reads as a whole. */
async function bigScans(
  at: World,
  { sql, params }: Statement,
  kind: 'generic' | 'custom',
): Promise<string[]> {
  const explain = kind === 'generic' ? 'explain (generic_plan, format json)' : 'explain (format json)'
  const [row] = await at.rows<{ 'QUERY PLAN': unknown }>(
    `${explain} ${sql}`,
    kind === 'generic' ? [] : params,
  )
  const scans = scansIn(row?.['QUERY PLAN']).filter((scan) => BIG.includes(tableOf(scan)))
  return scans.filter(readsAll).map(tableOf)
}

interface Scan {
  'Node Type': string
  'Relation Name': string
  'Index Cond'?: string
}

/** Every part of a plan that reads a table, wherever it stands in it. */
function scansIn(plan: unknown): Scan[] {
  if (typeof plan !== 'object' || plan === null) return []
  const own = 'Relation Name' in plan && 'Node Type' in plan ? [plan as Scan] : [] // as PostgreSQL documents it
  return [...own, ...Object.values(plan).flatMap(scansIn)]
}

const tableOf = (scan: Scan): string => scan['Relation Name'].replace(PARTITION, '')

/** By an index as well: one of everything that belongs to the workspace is no better than the table. */
function readsAll(scan: Scan): boolean {
  if (scan['Node Type'] === 'Seq Scan') return true
  const condition = scan['Index Cond']
  return condition !== undefined && /^\(\(?workspace\)?(::bigint)? = [^=<>]*\)$/.test(condition)
}

const PARTITION = /_(\d{4}_\d{2}|other)$/
