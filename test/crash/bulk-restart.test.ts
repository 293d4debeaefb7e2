import { afterAll, expect, test } from 'vitest'
import { faultsBetween } from './books.ts'
import { addCrowd, launch, unfinished } from './bulk.ts'
import { send } from './play.ts'
import { openWhole } from './whole.ts'
import { until, untilBalance } from './until.ts'

const LONG = 120_000
const CROWD = 1_500
const PER_SECOND = 100

const whole = await openWhole()
const { fanfare, sink, play, books } = whole
afterAll(whole.close, LONG)

const mailServer = (rate: object): Promise<unknown> =>
  fanfare.api.send('PUT', '/v1/channels/email', {
    transport: 'smtp',
    host: '127.0.0.1',
    port: sink.port,
    from: { name: 'News', address: 'news@sender.example' },
    ...rate,
  })

test(
  'a worker that is asked to end in the middle of a campaign leaves no mail in doubt, and the next one goes on',
  async () => {
    await mailServer({ rate: { perSecond: PER_SECOND } })
    const flow = await play.publish({ on: 'Sale', nodes: { mail: send('first', ['email'], null) } })
    await addCrowd(whole, CROWD)
    await launch(whole, flow)
    await until(async () => (await sink.arrivals()).length > 2 * PER_SECOND)
    const old = fanfare.pid('worker')
    fanfare.signal('worker', 'SIGTERM')
    await until(() => ![old, undefined].includes(fanfare.pid('worker')))
    expect(await unfinished(whole, flow, CROWD)).toBeGreaterThan(0)
    await mailServer({})
    await until(async () => (await unfinished(whole, flow, CROWD)) === 0)
    await untilBalance(whole)
    const messages = await books.messages({ flow })
    expect(messages.filter((one) => one.status !== 'sent')).toEqual([])
    expect(faultsBetween(messages, await sink.arrivals())).toEqual([])
  },
  LONG,
)
