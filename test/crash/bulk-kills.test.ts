import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import type { Process } from '../support/installation.ts'
import { faultsBetween } from './books.ts'
import { addCrowd, launch, unfinished } from './bulk.ts'
import { send } from './play.ts'
import { openWhole } from './whole.ts'
import { until, untilBalance } from './until.ts'

const LONG = 240_000
const CROWD = 20_000
const KILLS = 10
/** What the fast pace of the bulk lane may leave in doubt, for each kill. */
const IN_DOUBT = 1_000
const VICTIMS: Process[] = ['worker', 'postgres', 'worker', 'temporal', 'worker', 'api']

const whole = await openWhole()
const { fanfare, sink, play, books } = whole
afterAll(whole.close, LONG)

test(
  `${KILLS} kills at random in a launch of ${CROWD}: nobody is sent it twice, and whoever misses it is named`,
  async ({ annotate }) => {
    const flow = await play.publish({ on: 'Sale', nodes: { mail: send('first', ['email'], null) } })
    await addCrowd(whole, CROWD)
    await launch(whole, flow)
    const killed = await killWhile(async () => (await unfinished(whole, flow, CROWD)) > 0)
    await until(async () => (await unfinished(whole, flow, CROWD)) === 0)
    await untilBalance(whole)
    const messages = await books.messages({ flow })
    const doubts = messages.filter((one) => one.status === 'unknown').length
    await annotate(`${killed.join(', ')} killed; ${doubts} of ${messages.length} in doubt`)
    expect(killed.length).toBeGreaterThan(3)
    expect(messages).toHaveLength(CROWD)
    expect(faultsBetween(messages, await sink.arrivals())).toEqual([])
    expect(doubts).toBeLessThanOrEqual(IN_DOUBT * killed.length)
  },
  LONG,
)

/** Kills one process after the other, at random moments, until there were enough or there is nothing to disturb. */
async function killWhile(goingOn: () => Promise<boolean>): Promise<Process[]> {
  const killed: Process[] = []
  while (killed.length < KILLS && (await goingOn())) {
    await pause(500 + Math.random() * 2_500)
    const victim = VICTIMS[Math.floor(Math.random() * VICTIMS.length)] ?? 'worker'
    if (fanfare.signal(victim, 'SIGKILL')) killed.push(victim)
  }
  return killed
}
