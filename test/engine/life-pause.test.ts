import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { resumeFlow, type Clocks } from '../../db/flow-acts.ts'
import { holdFlow } from '../../db/flows.ts'
import { startDomainSystem } from '../support/domain-system.ts'
import { carryThrough, webhook } from './calls.ts'
import { send, wait, waitFor } from './drawing.ts'
import { openLife } from './life.ts'
import { somebody } from './people.ts'
import { during } from './slow-provider.ts'
import { ledgerOf, messagesOf, traceOf } from './story.ts'

const life = await openLife()
const { world } = life
afterEach(life.end)
const shop = await startDomainSystem()
afterAll(() => Promise.all([world.close(), shop.close()]))

const CLOCK = { hops: { email: { until: 'delivered', fallbackAfter: 'PT2H' } } }
const PAUSE_THEN_MAIL = { pause: waitFor('PT3H'), mail: send('fixed', ['email']) }
const RESUMES: Clocks[] = ['shift', 'catch-up', 'drop']

test('a paused flow sends nothing, however long it is paused: everybody stays where they stand', async () => {
  const ana = await life.begin(PAUSE_THEN_MAIL)
  await life.pause()
  await world.later('P30D')
  expect(await life.stands(ana)).toMatchObject({ node: 'pause', state: 'resting', code: 'wait' })
  expect(await ledgerOf(world, ana)).toEqual([])
})

test('exit criteria take members out while the flow is paused', async () => {
  const ana = await life.begin(PAUSE_THEN_MAIL)
  await life.pause()
  const bob = await life.enter()
  await world.later('PT5H')
  for (const member of [ana, bob]) await world.post('Closed', member)
  await world.carry()
  for (const member of [ana, bob])
    expect(await life.stands(member)).toMatchObject({ state: 'ended', code: 'exit-criteria' })
})

test.each([
  ['shift', 'mail email sent'],
  ['catch-up', 'mail email sent'],
  ['drop', undefined],
] as const)(
  'who enters while the flow is paused rests at the start; resumed with “%s”',
  async (clocks, sent) => {
    await life.begin({ mail: send('fixed', ['email']) })
    await life.pause()
    const bob = await life.enter()
    expect(await life.stands(bob)).toMatchObject({ node: 'start', state: 'resting', code: 'paused' })
    await world.later('PT1H')
    expect(await ledgerOf(world, bob)).toEqual([])
    await life.resume(clocks)
    expect(await ledgerOf(world, bob)).toEqual(sent ? [sent] : [])
    expect(await life.stands(bob)).toMatchObject({ code: sent ? 'end' : 'entered-in-pause' })
    const eve = await life.enter()
    expect(await ledgerOf(world, eve)).toEqual(['mail email sent'])
  },
)

test.each(RESUMES)(
  'an event that is waited for is heard while the flow is paused; resumed with “%s”',
  async (clocks) => {
    const steps = { hear: wait({ event: 'Replied', timeout: 'P1D' }), mail: send('fixed', ['email']) }
    const ana = await life.begin(steps)
    await life.pause()
    await world.post('Replied', ana)
    await world.carry()
    expect(await life.stands(ana)).toMatchObject({ node: 'mail', state: 'resting', code: 'paused' })
    await world.later('P2D')
    expect(await ledgerOf(world, ana)).toEqual([])
    await life.resume(clocks)
    expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
  },
)

test('a wait that begins while the flow is paused begins when it is resumed with “shift”', async () => {
  const steps = { hear: wait({ event: 'Replied', timeout: 'P1D' }), ...PAUSE_THEN_MAIL }
  const ana = await life.begin(steps)
  await life.pause()
  await world.later('PT1H')
  await world.post('Replied', ana)
  await world.carry()
  expect(await traceOf(world, ana)).toContain('pause resting paused')
  await world.later('PT4H')
  await life.resume('shift')
  await world.later('PT2H59M')
  expect(await ledgerOf(world, ana)).toEqual([])
  await world.later('PT2M')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

test.each(RESUMES)(
  'a receipt that comes while the flow is paused counts; resumed with “%s”',
  async (clocks) => {
    const ana = await life.begin({ mail: send('fixed', ['email', 'sms'], CLOCK) })
    await life.pause()
    await world.report((await messagesOf(world, ana))[0]?.id ?? 0, 'delivered')
    await world.later('PT9H')
    expect(await life.stands(ana)).toMatchObject({ node: 'mail', state: 'resting' })
    await life.resume(clocks)
    expect(await ledgerOf(world, ana)).toEqual(['mail email delivered'])
    expect(await life.stands(ana)).toMatchObject({ state: 'ended', code: 'end' })
  },
)

test('a message that waits for another try waits for the end of the pause, and is tried then', async () => {
  const ana = await life.begin({ mail: send('fixed', ['email']) }, { email: 'sim-not-sent@members.example' })
  await life.pause()
  await world.later('PT1H')
  const attempts = () =>
    world.rows<{ attempt: number }>(`select attempt from message where status = 'pending'`)
  expect(await attempts()).toEqual([{ attempt: 1 }])
  await life.resume('shift')
  expect(await attempts()).toEqual([{ attempt: 2 }])
  expect(await ledgerOf(world, ana)).toEqual(['mail email pending'])
})

test('sending that is switched off and on while the flow is paused changes nothing about the pause', async () => {
  await world.settings({ sending: false })
  const ana = await life.begin({ mail: send('fixed', ['email']) })
  await life.pause()
  await world.settings({ sending: true })
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual([])
  await life.resume('shift')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

test('an opt-out while the flow is paused holds when it is resumed', async () => {
  const ana = await life.begin(PAUSE_THEN_MAIL)
  await life.pause()
  await world.later('PT5H')
  await world.put({
    externalId: ana,
    consents: [{ topic: 'prizes', channel: 'email', state: 'revoked', source: 'link' }],
  })
  await life.resume('catch-up')
  expect(await ledgerOf(world, ana)).toEqual([])
  expect((await traceOf(world, ana)).at(-1)).toBe('mail failed unreachable')
})

test('a flow that is paused before a message is granted keeps it back until it is resumed', async () => {
  during(world.engine, 'prepare', life.pause)
  const ana = await life.begin({ mail: send('fixed', ['email']) })
  expect(await ledgerOf(world, ana)).toEqual(['mail email pending'])
  expect(await life.stands(ana)).toMatchObject({ node: 'mail', state: 'resting', code: 'paused' })
  await life.resume('shift')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

test('a flow that is paused while a message is handed over lets it arrive, and goes no further', async () => {
  during(world.engine, 'send', life.pause)
  const ana = await life.begin({ mail: send('fixed', ['email']), again: send('fixed', ['email']) })
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
  expect(await life.stands(ana)).toMatchObject({ node: 'mail', state: 'resting', code: 'paused' })
  await life.resume('drop')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent', 'again email sent'])
})

test('a call that waits for another try waits for the end of the pause, and is made then', async () => {
  shop.plan({ answer: 503 })
  const ana = await life.begin({ call: webhook(shop.url), mail: send('fixed', ['email']) })
  await life.pause()
  await world.later('PT1H')
  expect(shop.requests).toHaveLength(1)
  await life.resume('shift')
  await carryThrough(world)
  expect(shop.requests).toHaveLength(2)
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

test('a decision that is being made while the flow is resumed holds nobody for good', async () => {
  await life.begin({ mail: send('fixed', ['email']) })
  await life.pause()
  const person = somebody()
  const ana = person.externalId
  await world.put(person)
  await world.post(life.event(), ana)
  const [resumed, onResumed] = signal()
  const [held, commit] = signal()
  const resuming = world.within(async (tx) => {
    await resumeFlow(tx, await holdFlow(tx, life.flow()), 'shift')
    onResumed()
    await held
  })
  await resumed
  const carrying = world.carry()
  await vi.waitUntil(somebodyWaitsForALock, { timeout: 20_000, interval: 5 })
  commit()
  await Promise.all([resuming, carrying])
  await world.carry()
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
})

function signal(): [Promise<void>, () => void] {
  const { promise, resolve } = Promise.withResolvers<void>()
  return [promise, resolve]
}

async function somebodyWaitsForALock(): Promise<boolean> {
  const waiting = `select 1 from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()`
  return (await world.rows(waiting)).length > 0
}
