import { afterAll, expect, test, vi } from 'vitest'
import type { Db } from '../../db/pool.ts'
import { actsOn } from './acts.ts'
import { expectBalance } from './balance.ts'
import { drawing, send, waitFor } from './drawing.ts'
import { somebody } from './people.ts'
import { journeysOf, ledgerOf } from './story.ts'
import { openWorld } from './world.ts'

/** Set, decisions are not committed before it is kept. */
let gate: Promise<void> | null = null
let held = 0
const world = await openWorld({ through: heldUp })
const acts = actsOn(world)
afterAll(world.close)

/** The same database; a decision that took somebody waits at the gate when everything but its commit is done. */
function heldUp(db: Db): Db {
  return {
    ...db,
    inWorkspace: (workspace, work) =>
      db.inWorkspace(workspace, async (tx) => {
        const answer = await work(tx)
        if (gate && tookSomebody(answer)) {
          held += 1
          await gate
        }
        return answer
      }),
  }
}

function tookSomebody(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'taken' in answer && Number(answer.taken) > 0
}

const PATIENCE = { timeout: 20_000, interval: 5 }
const STEPS = { first: waitFor('PT1H'), second: waitFor('PT3H'), mail: send('fixed', ['email']) }

/** A member on their way from the first wait to the second when `act` is done; answers once all is over. */
async function straddled(on: string, act: (flow: number) => Promise<unknown>): Promise<string> {
  const flow = await world.publish(drawing(STEPS, { on: { event: on } }))
  const member = somebody()
  await world.put(member)
  await world.post(on, member.externalId)
  await world.carry()
  const { promise, resolve: open } = Promise.withResolvers<void>()
  ;[gate, held] = [promise, 0]
  const carried = world.later('PT1H')
  await vi.waitUntil(() => held > 0, PATIENCE)
  let acted = false
  const acting = act(flow).finally(() => (acted = true))
  await vi.waitUntil(async () => acted || (await somebodyWaitsForALock()), PATIENCE)
  gate = null
  open()
  await Promise.all([carried, acting])
  return member.externalId
}

async function somebodyWaitsForALock(): Promise<boolean> {
  const waiting = `select 1 from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()`
  return (await world.rows(waiting)).length > 0
}

test('who is being decided on when the flow is stopped leaves at once, though that decision knew nothing of it', async () => {
  const ana = await straddled('Stopping', (flow) => acts.stop(flow, 'exit'))
  await world.carry()
  expect(await journeysOf(world, ana)).toMatchObject([
    { node: 'second', state: 'ended', code: 'flow-stopped' },
  ])
  await expectBalance(world)
})

test('who is being decided on when the flow is paused stands still from then on', async () => {
  let paused = 0
  const ana = await straddled('Pausing', (flow) => acts.pause((paused = flow)))
  await world.later('PT10H')
  expect(await ledgerOf(world, ana)).toEqual([])
  await acts.resume(paused, 'shift')
  await world.carry()
  await world.later('PT2H59M')
  expect(await ledgerOf(world, ana)).toEqual([])
  await world.later('PT2M')
  expect(await ledgerOf(world, ana)).toEqual(['mail email sent'])
  await expectBalance(world)
})

test('who is being decided on when another version is published goes on in one of the two', async () => {
  const next = drawing({ second: waitFor('PT1H'), text: send('fixed', ['sms']) }, { on: { event: 'Moving' } })
  const ana = await straddled('Moving', (flow) => acts.move(flow, next))
  await world.carry()
  expect(await journeysOf(world, ana)).toMatchObject([{ node: 'second', state: 'resting' }])
  await world.later('PT3H')
  expect(['mail email sent', 'text sms sent']).toContain((await ledgerOf(world, ana)).join())
  await expectBalance(world)
})
