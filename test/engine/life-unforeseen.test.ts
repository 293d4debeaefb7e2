import { afterAll, expect, test, vi } from 'vitest'
import { pauseFlow } from '../../db/flow-acts.ts'
import { holdFlow } from '../../db/flows.ts'
import type { Db } from '../../db/pool.ts'
import { actsOn } from './acts.ts'
import { expectBalance } from './balance.ts'
import { timeIn, zoneAtNoon } from './clock.ts'
import { drawing, send, wait } from './drawing.ts'
import { somebody } from './people.ts'
import { journeysOf } from './story.ts'
import { openWorld } from './world.ts'

interface Meanwhile {
  /** Before a decision reads the settings for the second time, because somebody is to rest by them. */
  lookingAgain(): Promise<unknown>
  /** When everything but its commit is done. */
  ending(): Promise<unknown>
}

const LOOKS_AGAIN = 'select 1 from settings for share'
const PATIENCE = { timeout: 20_000, interval: 5 }
let meanwhile: Meanwhile | null = null
const world = await openWorld({ through: interrupted })
const acts = actsOn(world)
afterAll(world.close)

function interrupted(db: Db): Db {
  return {
    ...db,
    inWorkspace: (workspace, work) =>
      db.inWorkspace(workspace, async (tx) => {
        const own: Partial<Meanwhile> = {}
        const answer = await work({
          async rows(sql, params, name) {
            if (meanwhile && sql === LOOKS_AGAIN) {
              Object.assign(own, meanwhile)
              meanwhile = null
              await own.lookingAgain?.()
            }
            return tx.rows(sql, params, name)
          },
        })
        await own.ending?.()
        return answer
      }),
  }
}

async function somebodyWaitsForALock(): Promise<boolean> {
  const waiting = `select 1 from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()`
  return (await world.rows(waiting)).length > 0
}

test('a flow that is paused and resumed while somebody comes to rest by the clock forgets nobody', async () => {
  const zone = zoneAtNoon()
  const until = { until: { time: timeIn(zone, 3), zone: 'member' } }
  const flow = await world.publish(drawing({ until: wait(until), tell: send('fixed', ['sms']) }))
  const ana = somebody({ timeZone: zone })
  await world.put(ana)
  await world.post('Won', ana.externalId)
  let [resumed, resuming] = [false, Promise.resolve()]
  meanwhile = {
    lookingAgain: () => world.within(async (tx) => pauseFlow(tx, await holdFlow(tx, flow))),
    async ending() {
      resuming = acts.resume(flow, 'catch-up').finally(() => (resumed = true))
      await vi.waitUntil(async () => resumed || (await somebodyWaitsForALock()), PATIENCE)
    },
  }
  await world.carry()
  await resuming
  await world.carry()
  expect(await journeysOf(world, ana.externalId)).toMatchObject([
    { node: 'until', state: 'resting', code: 'wait' },
  ])
  await expectBalance(world)
})
