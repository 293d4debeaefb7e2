import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { RECONCILER_LOCK } from '../../server/worker/reconciler.ts'
import { ROOT } from '../support/source-files.ts'
import type { Mishap } from '../support/smtp-sink.ts'
import { faultsBetween } from './books.ts'
import { send } from './play.ts'
import { openWhole } from './whole.ts'
import { until, untilBalance } from './until.ts'

const LONG = 90_000
const whole = await openWhole()
const { fanfare, sink, play, books, db } = whole
afterAll(whole.close, LONG)

const PHASES = ['MAIL', 'RCPT', 'DATA', 'dot'] as const
const TWO_MAILS = { first: send('first', ['email'], 'second'), second: send('second', ['email'], null) }

test(
  'a worker that is killed at any point of a hand-over sends nothing twice, and its members go on',
  async () => {
    const { flow } = await holdAtEveryPhase('Killed')
    fanfare.kill('worker')
    await sink.plan([])
    await until(async () => (await whole.unfinished(flow, PHASES.length)) === 0)
    await sink.release()
    const messages = await books.messages({ flow })
    const first = messages.filter((one) => one.node === 'first')
    expect(first.map((one) => one.status)).toEqual(PHASES.map(() => 'unknown'))
    expect(new Set(first.map((one) => one.reason?.code))).toEqual(new Set(['perhaps-sent']))
    expect(messages.filter((one) => one.node === 'second').map((one) => one.status)).toEqual(
      PHASES.map(() => 'sent'),
    )
    expect(faultsBetween(messages, await sink.arrivals())).toEqual([])
    await until(async () => (await whole.walks()) === 0)
    await untilBalance(whole)
  },
  LONG,
)

test(
  'a worker that is paused in mid-send and in mid-transaction, while another goes on, sends nothing twice when it wakes',
  async () => {
    const { flow } = await holdAtEveryPhase('Paused')
    const paused = lockAndFallSilent().catch(String)
    fanfare.signal('worker', 'SIGSTOP')
    const other = startWorker()
    await sink.plan([])
    await until(async () => (await whole.unfinished(flow, PHASES.length)) === 0)
    await sink.release()
    fanfare.signal('worker', 'SIGCONT')
    await until(async () => (await books.messages({ flow })).every((one) => one.status === 'sent'))
    expect(faultsBetween(await books.messages({ flow }), await sink.arrivals())).toEqual([])
    expect(await paused).toMatch(/connection|terminat/i)
    await until(async () => (await whole.walks()) === 0)
    other.kill('SIGKILL')
    await once(other, 'exit')
    await untilBalance(whole)
  },
  LONG,
)

/** One member's first mail stops at each phase of the protocol. */
async function holdAtEveryPhase(day: string): Promise<{ flow: string }> {
  const flow = await play.publish({ on: day, nodes: TWO_MAILS })
  const members = await play.enlist(day, PHASES.length)
  await sink.reset()
  await sink.plan(PHASES.map((at): Mishap => ({ at, act: 'hold' })))
  await play.tell(day, members)
  await until(async () => (await sink.held()) === PHASES.length)
  return { flow }
}

/** Does what the paused worker may have been at: it has the reconciler's lock, and says nothing until it has lost it. */
function lockAndFallSilent(): Promise<unknown> {
  return db.outside(async (tx) => {
    const [row] = await tx.rows<{ pid: number }>('select pg_backend_pid() pid, pg_advisory_xact_lock($1)', [
      RECONCILER_LOCK,
    ])
    const session = [row?.pid]
    await until(async () => {
      const sessions = await books.rows('select 1 from pg_stat_activity where pid = $1', session)
      return sessions.length === 0
    })
    return tx.rows('select 1')
  })
}

/** A second worker beside the installation's own. */
function startWorker() {
  const env = {
    ...process.env,
    DATABASE_URL: fanfare.databaseUrl,
    TEMPORAL_ADDRESS: fanfare.temporalAddress,
    FANFARE_SECRET: readFileSync(join(fanfare.home, 'secret'), 'utf8').trim(),
    LOG_LEVEL: 'warn',
  }
  return spawn(process.execPath, [join(ROOT, 'server', 'worker.ts')], { env, stdio: 'ignore' })
}
