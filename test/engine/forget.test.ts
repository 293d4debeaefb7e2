import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { flowStats } from '../../db/flow-stats.ts'
import { forget } from '../../db/forget/forget.ts'
import { SETTINGS_DEFAULTS, type Settings } from '../../flow/settings.ts'
import { drawing, send, waitFor } from './drawing.ts'
import { somebody } from './people.ts'
import { journeysOf, messagesOf, traceOf } from './story.ts'
import { openWorld, type World } from './world.ts'

let world: World
beforeAll(async () => void (world = await openWorld()))
afterAll(() => world.close())
beforeEach(async () => {
  await world.settings({ retention: SETTINGS_DEFAULTS.retention })
  for (const other of ['event_other', 'step_other', 'receipt_other']) await world.rows(`delete from ${other}`)
  await world.db.outside((tx) =>
    tx.rows(`select ensure_partitions((current_date - interval '29 months')::date, current_date)`),
  )
})

const keep = (retention: Partial<Settings['retention']>) =>
  world.settings({ retention: { ...SETTINGS_DEFAULTS.retention, ...retention } })

let flows = 0
/** A member who has been through a flow, or is still in it, that began so many months ago. */
async function past(months: number, { inside = false, reentry = { policy: 'every' } } = {}) {
  const on = { event: `Began${++flows}` }
  const tell = send('fixed', ['email'])
  const nodes: Parameters<typeof drawing>[0] = inside ? { tell, rest: waitFor('P5Y') } : { tell }
  const flow = await world.publish(drawing(nodes, { on, settings: { reentry } }))
  const { externalId: member } = await joined(on.event)
  await ago(months)
  return { flow, member, event: on.event }
}

async function joined(event: string) {
  const person = somebody()
  await world.put(person)
  await world.post(event, person.externalId, { id: `${event}-${person.externalId}` })
  await world.carry()
  return person
}

/** Moves what has just happened into another month, its partition among it. */
async function ago(months: number): Promise<void> {
  const by = `- ${months} * interval '1 month'`
  const recent = `> now() - interval '5 minutes'`
  const period = `period = date_trunc('month', now() ${by})::date`
  await world.rows(`update message set ${period}, created_at = created_at ${by} where created_at ${recent}`)
  await world.rows(`update step set ${period}, at = at ${by} where at ${recent}`)
  await world.rows(
    `update receipt set ${period}, at = at ${by}, received_at = received_at ${by} where received_at ${recent}`,
  )
  await world.rows(
    `update event set received_at = received_at ${by}, at = at ${by} where received_at ${recent}`,
  )
  await world.rows(`update event_key set received_on = (now() ${by})::date where received_on = current_date`)
  await world.rows(
    `update enrollment set ${period}, entered_at = entered_at ${by}, ended_at = ended_at ${by} where entered_at ${recent}`,
  )
}

/** The table of a month that began so many months ago; undefined when it is gone. */
async function month(parent: string, months: number): Promise<string | undefined> {
  const [row] = await world.rows<{ name: string | null }>(
    `select to_regclass($1 || to_char(now() - $2 * interval '1 month', '_YYYY_MM'))::text "name"`,
    [parent, months],
  )
  return row?.name ?? undefined
}

const audited = () =>
  world.rows<{ after: { months: string[]; rows: Record<string, number> } }>(
    `select after from audit where action = 'retention.forget' order by id desc`,
  )

test('by default everything is kept', async () => {
  const { member } = await past(28)
  await forget(world.db)
  expect(await month('message', 28)).toBeDefined()
  expect(await messagesOf(world, member)).toHaveLength(1)
  expect(await audited()).toEqual([])
})

test('events of months that are not kept leave with their month, and their ids may come again', async () => {
  const old = await past(20)
  const young = await past(3)
  await keep({ events: 12 })
  await forget(world.db)
  expect([await month('event', 20), await month('event', 3)]).toEqual([undefined, expect.any(String)])
  const id = (one: typeof old) => `${one.event}-${one.member}`
  expect(await world.post(old.event, old.member, { id: id(old) })).toMatchObject({ accepted: 1 })
  expect(await world.post(young.event, young.member, { id: id(young) })).toMatchObject({ duplicates: 1 })
  await world.carry()
  const [told] = await audited()
  expect(told?.after.months.every((name) => name.startsWith('event_'))).toBe(true)
})

test('a month that another workspace keeps stays, without what this one does not keep', async () => {
  const { member } = await past(18)
  const [other] = await world.db.outside((tx) =>
    tx.rows<{ id: number }>(`insert into workspace (key, name) values ('other', 'Other') returning id`),
  )
  const theirs = `insert into event (workspace, external_id, type, member, at, received_at)
    values (current_setting('app.workspace')::int, 'x', 'Kept', 1, now(), now() - interval '18 months')`
  await world.db.inWorkspace(other?.id ?? 0, (tx) => tx.rows(theirs))
  await keep({ events: 12 })
  await forget(world.db)
  const table = await month('event', 18)
  expect(table).toBeDefined()
  const mine = await world.rows(
    `select 1 from ${table} e join member m on m.id = e.member where m.external_id = $1`,
    [member],
  )
  const kept = await world.db.inWorkspace(other?.id ?? 0, (tx) => tx.rows(`select 1 from ${table}`))
  expect([mine.length, kept.length]).toEqual([0, 1])
  await world.db.inWorkspace(other?.id ?? 0, (tx) => tx.rows('delete from event'))
})

test('a month in which somebody began who is still inside stays, with all of theirs and nothing else', async () => {
  const gone = await past(10)
  const inside = await past(10, { inside: true })
  await keep({ journeys: 6 })
  await forget(world.db)
  expect(await month('message', 10)).toBeDefined()
  expect(await messagesOf(world, gone.member)).toEqual([])
  expect(await messagesOf(world, inside.member)).toMatchObject([{ status: 'sent' }])
  expect(await traceOf(world, inside.member)).toContain('rest resting wait')
  expect(await journeysOf(world, inside.member)).toMatchObject([{ state: 'resting' }])
})

test('months of journeys that have all ended leave whole', async () => {
  const { member } = await past(24)
  await keep({ journeys: 12 })
  await forget(world.db)
  expect([await month('message', 24), await month('step', 24), await month('receipt', 24)]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(await journeysOf(world, member)).toMatchObject([{ state: 'ended', steps: [] }])
})

test('a journey that ended lately is kept, however long ago it began', async () => {
  const { member } = await past(16)
  await world.rows(
    `update enrollment set ended_at = now() - interval '1 day' where member = (select id from member where external_id = $1)`,
    [member],
  )
  await keep({ journeys: 12 })
  await forget(world.db)
  expect(await messagesOf(world, member)).toHaveLength(1)
})

test('that a member was in a flow is remembered: one they may enter once they do not enter again', async () => {
  const once = await past(9, { reentry: { policy: 'once' } })
  await keep({ journeys: 6 })
  await forget(world.db)
  await world.post(once.event, once.member, { id: 'again' })
  await world.carry()
  expect(await journeysOf(world, once.member)).toHaveLength(1)
  const [row] = await world.rows<{ entry: unknown; emptied: boolean }>(
    'select entry, emptied from enrollment where flow = $1',
    [once.flow],
  )
  expect(row).toEqual({ entry: null, emptied: true })
})

test('of several journeys of a member in a flow, the newest is remembered, and the sums stay as they were', async () => {
  const { flow, member, event } = await past(9)
  await world.post(event, member, { id: `${event} again` })
  await world.carry()
  await ago(8)
  const before = await world.within((tx) => flowStats(tx, flow))
  await keep({ journeys: 6 })
  await forget(world.db)
  expect(await journeysOf(world, member)).toHaveLength(1)
  expect(await world.within((tx) => flowStats(tx, flow))).toEqual(before)
  expect(before.enrolled).toBe(2)
})

test('movements are put together by the hour, and every sum stays as it was', async () => {
  const { flow, event } = await past(0)
  for (let n = 0; n < 5; n += 1) await joined(event)
  const before = await world.within((tx) => flowStats(tx, flow))
  const rows = () =>
    world.rows('select 1 from tally where version in (select id from flow_version where flow = $1)', [flow])
  await world.rows(`update tally set at = date_trunc('hour', at) - interval '3 hours' + interval '7 minutes'`)
  const many = (await rows()).length
  await forget(world.db)
  const few = (await rows()).length
  expect(few).toBeLessThan(many / 3)
  await forget(world.db)
  expect((await rows()).length).toBe(few)
  expect(await world.within((tx) => flowStats(tx, flow))).toEqual(before)
})

test('answers under a key are kept for a week, and who did what as long as is set', async () => {
  await world.rows(
    `insert into idempotency (workspace, route, key, request_hash, created_at)
     select current_setting('app.workspace')::int, 'post', 'key-' || days, '', now() - days * interval '1 day'
     from unnest('{6,8}'::int[]) days`,
  )
  await world.rows(
    `insert into audit (workspace, actor, action, subject, at)
     select current_setting('app.workspace')::int, 'somebody', 'did', 'something', now() - months * interval '1 month'
     from unnest('{1,5}'::int[]) months`,
  )
  await keep({ audit: 3 })
  await forget(world.db)
  expect(await world.rows('select key from idempotency')).toEqual([{ key: 'key-6' }])
  expect(await world.rows(`select 1 from audit where action = 'did'`)).toHaveLength(1)
})

test('a second time there is nothing to forget, and nothing is written down', async () => {
  await past(10)
  await keep({ events: 3, journeys: 3, audit: 3 })
  await forget(world.db)
  const before = (await audited()).length
  await forget(world.db)
  expect(await audited()).toHaveLength(before)
})

test('months to come and the current one cannot be dropped', async () => {
  const [row] = await world.db.outside((tx) =>
    tx.rows<{ now: boolean; later: boolean }>(
      `select drop_month('event', date_trunc('month', current_date)::date) "now",
         drop_month('event', (date_trunc('month', current_date) + interval '1 month')::date) later`,
    ),
  )
  expect(row).toEqual({ now: false, later: false })
})
