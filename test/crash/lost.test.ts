import { globSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { alarmId } from '../../workflows/names.ts'
import { faultsBetween } from './books.ts'
import { send } from './play.ts'
import { openWhole } from './whole.ts'
import { until, untilBalance } from './until.ts'

const LONG = 90_000
const MEMBERS = 5
const whole = await openWhole()
const { fanfare, sink, play, books, db } = whole
afterAll(whole.close, LONG)

const MAIL_AFTER_A_REST = {
  rest: { kind: 'wait', for: { duration: 'PT3S' }, exits: { next: 'mail' } },
  mail: send('first', ['email'], null),
}

async function begin(
  day: string,
  nodes: Record<string, unknown>,
): Promise<{ flow: string; members: string[] }> {
  const flow = await play.publish({ on: day, nodes })
  return { flow, members: await play.enlist(day, MEMBERS) }
}

/** Waits until everybody came to the end; answers what is wrong then. */
async function faultsAtTheEnd(flow: string): Promise<string[]> {
  await until(async () => (await whole.unfinished(flow, MEMBERS)) === 0)
  await untilBalance(whole)
  const messages = await books.messages({ flow })
  const own = new Set(messages.map((one) => one.to))
  const arrivals = (await sink.arrivals()).filter((one) => own.has(one.to.join()))
  const unsent = messages.filter((one) => one.status !== 'sent').map((one) => `${one.id} is ${one.status}`)
  return [...faultsBetween(messages, arrivals), ...unsent]
}

/** Everybody rests, and an alarm is to wake them. */
async function untilTheyRest(flow: string): Promise<void> {
  await until(async () => {
    const journeys = await books.enrollments({ flow })
    return journeys.length === MEMBERS && journeys.every((one) => one.state === 'resting')
  })
}

test(
  'members who became ready while the worker heard nothing are found when it hears again',
  async () => {
    const { flow, members } = await begin('Deaf', { mail: send('first', ['email'], null) })
    const admin = new pg.Client({ connectionString: fanfare.databaseUrl })
    await admin.connect()
    await admin.query(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity where query = 'listen "stand"'`,
    )
    await play.tell('Deaf', members)
    await admin.end()
    expect(await faultsAtTheEnd(flow)).toEqual([])
  },
  LONG,
)

test(
  'members whose alarm was terminated in Temporal are woken all the same',
  async () => {
    const { flow, members } = await begin('Silenced', MAIL_AFTER_A_REST)
    await play.tell('Silenced', members)
    await untilTheyRest(flow)
    const alarms = await db.outside((tx) =>
      tx.rows<{ stand: number; at: number }>(
        'select stand, (extract(epoch from at) * 1000)::bigint at from alarm',
      ),
    )
    const connection = await Connection.connect({ address: fanfare.temporalAddress })
    const { workflow } = new Client({ connection })
    for (const { stand, at } of alarms) {
      const alarm = workflow.getHandle(alarmId(stand, at))
      await until(() =>
        alarm.terminate('lost').then(
          () => true,
          () => false,
        ),
      )
      expect((await alarm.describe()).status.name).toBe('TERMINATED')
    }
    await connection.close()
    expect(alarms.length).toBeGreaterThan(0)
    expect(await faultsAtTheEnd(flow)).toEqual([])
  },
  LONG,
)

test(
  'a Temporal that comes back empty is filled again from the rows',
  async () => {
    const { flow, members } = await begin('Wiped', MAIL_AFTER_A_REST)
    await play.tell('Wiped', members)
    await untilTheyRest(flow)
    const before = fanfare.pid('temporal')
    fanfare.kill('temporal')
    for (const file of globSync(join(fanfare.home, 'temporal.sqlite*'))) rmSync(file)
    await until(() => ![before, undefined].includes(fanfare.pid('temporal')))
    expect(await faultsAtTheEnd(flow)).toEqual([])
  },
  LONG,
)
