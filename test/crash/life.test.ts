import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, expect, test, vi } from 'vitest'
import { faultsBetween } from './books.ts'
import { send } from './play.ts'
import { openWhole } from './whole.ts'
import { until, untilBalance } from './until.ts'

const LONG = 150_000
const PATIENCE = { timeout: 20_000, interval: 200 }
const PEOPLE = 60
const REST = 3

const whole = await openWhole()
const { fanfare, sink, play, books } = whole
afterAll(whole.close, LONG)

const NODES = {
  first: send('first', ['email'], 'rest'),
  rest: { kind: 'wait', for: { duration: `PT${REST}S` }, exits: { next: 'second' } },
  second: send('second', ['email'], null),
}

/** Acts on a flow until it is as it should be, whatever dies meanwhile: the act may have been done, and its answer lost. */
async function act(flow: string, verb: string, of: { body?: object; until: string }): Promise<void> {
  for (;;) {
    await fanfare.api.send('POST', `/v1/flows/${flow}/${verb}`, of.body ?? {}).catch(() => {})
    const now = (await fanfare.api.get(`/v1/flows/${flow}`).catch(() => ({}))) as { state?: string }
    if (now.state === of.until) return
    await pause(100)
  }
}

/** How long each member rested, in ms, less the time their flow stood still meanwhile. */
const restedFor = () =>
  books.rows<{ ms: number }>(
    `select (extract(epoch from l.at - a.at) * 1000 - coalesce((
       select sum(extract(epoch from p.ended_at - greatest(p.began_at, a.at)) * 1000) from pause p
       where p.flow = e.flow and p.ended_at > a.at and p.began_at < l.at), 0))::int ms
     from enrollment e
     join step a on a.enrollment = e.id and a.node = 'first' and a.outcome = 'next'
     join step l on l.enrollment = e.id and l.node = 'rest' and l.outcome = 'next'`,
  )

test(
  'a flow that is paused, resumed and moved while its processes are killed loses nobody, sends nothing twice and ends no wait early',
  async () => {
    const flow = await play.publish({ on: 'Began', nodes: NODES })
    const members = await play.enlist('someone', PEOPLE)
    await play.tell('Began', members.slice(0, PEOPLE / 2))
    for (const victim of ['worker', 'api', 'worker'] as const) {
      await act(flow, 'pause', { until: 'paused' })
      fanfare.kill(victim)
      await pause(1_000) // the pause of the test itself, which is what it is about
      const resuming = act(flow, 'resume', { body: { clocks: 'shift' }, until: 'live' })
      fanfare.kill('worker')
      await resuming
      await act(flow, 'publish', { body: { inside: 'move' }, until: 'live' })
    }
    await vi.waitFor(() => play.tell('Began', members.slice(PEOPLE / 2)), PATIENCE)
    await act(flow, 'pause', { until: 'paused' })
    await act(flow, 'resume', { body: { clocks: 'shift' }, until: 'live' })
    await until(async () => (await whole.unfinished(flow, PEOPLE)) === 0)
    await until(async () => (await whole.walks()) === 0)
    const messages = await books.messages({ flow })
    expect(faultsBetween(messages, await sink.arrivals())).toEqual([])
    // What a killed worker had in hand is in doubt and never sent again; nobody was left out.
    for (const node of ['first', 'second'])
      expect(messages.filter((one) => one.node === node)).toHaveLength(PEOPLE)
    const rested = await restedFor()
    expect(rested).toHaveLength(PEOPLE)
    expect(rested.filter(({ ms }) => ms < REST * 1_000)).toEqual([])
    await untilBalance(whole)
  },
  LONG,
)
