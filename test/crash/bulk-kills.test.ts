import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { decodeId } from '../../db/ids.ts'
import type { Process } from '../support/installation.ts'
import { faultsBetween } from './books.ts'
import { send, TOPIC } from './play.ts'
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
    await addCrowd()
    await launch(flow)
    const killed = await killWhile(async () => (await unfinished(flow)) > 0)
    await until(async () => (await unfinished(flow)) === 0)
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

/** Straight into the tables: how they come in is not what this is about. */
async function addCrowd(): Promise<void> {
  const crowd = `select id, external_id from member where external_id like 'buyer-%'`
  for (const sql of [
    `insert into member (workspace, external_id, attributes)
     select 1, 'buyer-' || n, '{"name": "Ana"}' from generate_series(1, ${CROWD}) n`,
    `insert into address (workspace, member, kind, value, digest)
     select 1, id, 'email', external_id || '@members.example', sha256(external_id::bytea) from (${crowd}) m`,
    `insert into consent_state (workspace, member, topic, channel, state, source, at)
     select 1, id, '${TOPIC}', 'email', 'granted', 'form', now() from (${crowd}) m`,
  ])
    await whole.rows(sql)
}

async function launch(flow: string): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    'idempotency-key': flow,
    authorization: `Bearer ${fanfare.key}`,
  }
  const init = { method: 'POST', headers, body: JSON.stringify({ audience: { all: [] } }) }
  expect((await fetch(`${fanfare.base}/v1/flows/${flow}/launch`, init)).status).toBe(202)
}

/** How many are to come to the end; all while the database is away. */
async function unfinished(flow: string): Promise<number> {
  const ended = `select count(*)::int n from enrollment where flow = $1 and state = 'ended'`
  const [row] = await whole.rows<{ n: number }>(ended, [decodeId('flow', flow)]).catch(() => [])
  return CROWD - (row?.n ?? 0)
}

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
