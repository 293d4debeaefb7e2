import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import type { Process } from '../support/installation.ts'
import { faultsBetween } from './books.ts'
import { event, send } from './play.ts'
import { historiesOf, logsOf } from './traces.ts'
import { openWhole } from './whole.ts'
import { until, untilBalance } from './until.ts'

const LONG = 150_000
const EVENTS = 300
const VICTIMS: Process[] = ['worker', 'api', 'postgres', 'temporal', 'worker', 'postgres']

const whole = await openWhole(['--slow', '20'])
const { fanfare, sink, play, books } = whole
afterAll(whole.close, LONG)

test(
  'whatever is killed while events flow: nobody twice, nobody lost, all sums balance, and it goes on by itself',
  async ({ annotate }) => {
    const flow = await play.publish({ on: 'Began', nodes: TWO_MAILS_AND_A_WAIT })
    const killed = await tellAll(await play.enlist('someone', EVENTS))
    await until(async () => (await whole.unfinished(flow, EVENTS)) === 0)
    await until(async () => (await whole.walks()) === 0)
    const arrivals = await sink.arrivals()
    await annotate(`The next mail after a kill: ${killed.map((one) => goesOn(one, arrivals)).join(', ')}`)
    expect(killed.length).toBeGreaterThan(3)
    expect(faultsBetween(await books.messages({ flow }), arrivals)).toEqual([])
    const copies = Map.groupBy(
      arrivals,
      ({ to, raw }) => `${to.join()} ${/^subject: .*/im.exec(raw ?? '')?.[0]}`,
    )
    expect([...copies].filter(([, of]) => of.length > 1)).toEqual([])
    await untilBalance(whole)
  },
  LONG,
)

test('neither Temporal’s histories nor any log of that day names a member, an address or a secret', async () => {
  const histories = await historiesOf(fanfare)
  const logs = logsOf(fanfare)
  expect(histories.join()).toContain('"stand":')
  expect(logs.length).toBe(4)
  const secrets = ['secret', 'postgres.password'].map((file) =>
    readFileSync(join(fanfare.home, file), 'utf8').trim(),
  )
  const telling = [
    'someone-',
    'members.example',
    '+3460',
    'Name of',
    'The first message',
    fanfare.key,
    ...secrets,
  ]
  const found = [...histories, ...logs].flatMap((text) => telling.filter((what) => text.includes(what)))
  expect(found).toEqual([])
})

const TWO_MAILS_AND_A_WAIT = {
  first: send('first', ['email'], 'rest'),
  rest: { kind: 'wait', for: { duration: 'PT2S' }, exits: { next: 'second' } },
  second: send('second', ['email'], null),
}

interface Killed {
  what: Process
  at: number
}

/** Posts an event for each member, again until it is answered, and kills one process after the other meanwhile. */
async function tellAll(members: string[]): Promise<Killed[]> {
  const killed: Killed[] = []
  const stretch = EVENTS / (VICTIMS.length + 1)
  const moments = VICTIMS.map((what, n) => ({ what, at: Math.floor((n + 0.5 + Math.random()) * stretch) }))
  for (const [n, member] of members.entries()) {
    for (const { what } of moments.filter(({ at }) => at === n)) {
      if (fanfare.signal(what, 'SIGKILL')) killed.push({ what, at: Date.now() })
    }
    while (!(await tell(member))) await pause(100)
    await pause(PACE)
  }
  return killed
}

/** Slow enough that every kill finds events coming in, mails going out and members resting. */
const PACE = 30

async function tell(member: string): Promise<boolean> {
  return fanfare.api.send('POST', '/v1/events', event('Began', member)).then(
    () => true,
    () => false,
  )
}

function goesOn({ what, at }: Killed, arrivals: { at: number }[]): string {
  const next = arrivals.find((one) => one.at > at + UNDER_WAY)
  return `${what} ${next ? `${((next.at - at) / 1_000).toFixed(1)} s` : '-'}`
}

/** What was handed over already still arrives this long after a kill. */
const UNDER_WAY = 300
