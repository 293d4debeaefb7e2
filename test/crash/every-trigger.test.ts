import { afterAll, expect, test } from 'vitest'
import { enterNext } from '../../activities/enter-next.ts'
import { enterByDate } from '../../db/date-entries.ts'
import { beginLaunch } from '../../db/launches.ts'
import { lookAtTrigger } from '../../db/look.ts'
import { openMemory } from '../../db/memory.ts'
import type { Db } from '../../db/pool.ts'
import { strike } from '../../db/schedules.ts'
import { expectBalance } from '../engine/balance.ts'
import { drawing, waitFor } from '../engine/drawing.ts'
import { somebody } from '../engine/people.ts'
import { openWorld } from '../engine/world.ts'
import { breakingDb, type Break } from './breaking-db.ts'
import { momentsOf } from './moments.ts'

const LONG = 120_000
const MEMBERS = 3
const world = await openWorld()
const { workspace, desk } = world
afterAll(world.close)

/** A trigger, and what a worker does for it over a database that may break; true once there is no more to do. */
interface Kind {
  on: object
  prepare?(flow: number): Promise<unknown>
  work(db: Db, flow: number): Promise<boolean>
}

const GOLD = (tier: string) => ({ field: 'member.tier', op: 'eq', value: tier }) as const
const within = <T>(db: Db, work: Parameters<typeof db.inWorkspace<T>>[1]) => db.inWorkspace(workspace, work)
const due = (flow: number) =>
  world.db.outside((tx) =>
    tx.rows(`update watch set due_at = now(), seen_until = now() - interval '1 day' where flow = $1`, [flow]),
  )

let tiers = 0
const tier = () => `tier-${tiers}`
const today = () => new Date().toISOString().slice(0, 10)

async function look(db: Db, flow: number): Promise<boolean> {
  const [watch] = await db.outside((tx) =>
    tx.rows('select 1 from watch where flow = $1 and due_at <= now()', [flow]),
  )
  if (!watch) return true
  while (await within(db, (tx) => lookAtTrigger(tx, openMemory(), flow)));
  return true
}

async function launch(db: Db): Promise<boolean> {
  const [open] = await db.outside((tx) => tx.rows<{ launch: number }>('select launch from launching'))
  const quiet = { moved: () => {}, progressed: () => {}, onFault: () => {} }
  const { signal } = new AbortController()
  if (open) await enterNext({ db, memory: openMemory(), ...quiet, closing: signal }, open.launch, signal)
  return true
}

const KINDS: Record<string, () => Kind> = {
  'a launch': () => ({
    on: { launch: true },
    prepare: (flow) =>
      world.within((tx) => beginLaunch(tx, { flow, of: { audience: GOLD(tier()) }, author: 'test' })),
    work: launch,
  }),
  'an instant of a schedule': () => ({
    on: { schedule: { cron: '0 0 1 1 *', timeZone: 'UTC' }, audience: GOLD(tier()) },
    async work(db, flow) {
      await within(db, async (tx) => {
        const [row] = await tx.rows<{ version: number }>('select version from flow where id = $1', [flow])
        await strike(tx, desk.memory, { version: row?.version ?? 0, at: INSTANT })
      })
      return launch(db)
    },
  }),
  'an audience that members come into': () => ({
    on: { enters: GOLD(`to be ${tier()}`) },
    async prepare(flow) {
      await world.rows(
        `update member set attributes = attributes || jsonb_build_object('tier', $2::text) where attributes->>'tier' = $1`,
        [tier(), `to be ${tier()}`],
      )
      await due(flow)
    },
    work: look,
  }),
  'a date of theirs': () => ({
    on: { date: { attribute: tier(), at: '00:00' } },
    prepare: due,
    async work(db, flow) {
      await look(db, flow)
      while ((await within(db, (tx) => enterByDate(tx, openMemory(), flow))) > 0);
      return true
    },
  }),
}

const INSTANT = Date.now()

/** Everybody's entry by one kind of trigger with one bad moment, after which all is done again until it is done. */
async function entries(name: string, moment: Break) {
  tiers += 1
  const people = Array.from({ length: MEMBERS }, () =>
    somebody({ attributes: { tier: tier(), [tier()]: today() } }),
  )
  await world.put(...people)
  const kind = KINDS[name]!() // named by its own key
  const flow = await world.publish(drawing({ pause: waitFor('P1D') }, { on: kind.on }))
  await kind.prepare?.(flow)
  const db = breakingDb(world.db, moment)
  for (let done = false; !done;) done = await kind.work(db, flow).catch(() => false)
  const [counted] = await world.rows<{ n: number; members: number }>(
    'select count(*)::int n, count(distinct member)::int members from enrollment where flow = $1',
    [flow],
  )
  return { trips: db.trips, counted }
}

test.each(Object.keys(KINDS))(
  '%s lets everybody enter once, whatever statement or commit its connection breaks at',
  async (name) => {
    const once = { n: MEMBERS, members: MEMBERS }
    const { trips, counted } = await entries(name, { at: 0, stored: false, kind: 'cut' })
    expect(counted).toEqual(once)
    for (const moment of momentsOf(trips, 'cut'))
      expect
        .soft({ moment, counted: (await entries(name, moment)).counted })
        .toEqual({ moment, counted: once })
    await world.carry()
    await expectBalance(world)
  },
  LONG,
)
