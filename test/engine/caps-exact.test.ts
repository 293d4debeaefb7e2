import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { FrequencyCap } from '../../flow/facts.ts'
import { expectBalance } from './balance.ts'
import { ALLOW_TWICE, drawing, send, waitFor } from './drawing.ts'
import { openEngine, type TestEngine } from './open-engine.ts'
import { somebody } from './people.ts'
import { openWorld, type World } from './world.ts'

const DAY = 86_400_000
const CAPS: FrequencyCap[] = [
  { max: 2, per: 'day', window: 'rolling' },
  { max: 1, per: 'day', window: 'rolling', channel: 'sms' },
  { max: 3, per: 'week', window: 'rolling', topic: 'prizes' },
]
const LENGTH = { day: DAY, week: 7 * DAY, month: 30 * DAY }

let world: World
let engines: TestEngine[]
beforeAll(async () => {
  world = await openWorld()
  engines = await Promise.all(Array.from({ length: 8 }, () => openEngine(world.db, world.workspace)))
  await world.settings({ frequencyCaps: CAPS })
  const clock = { hops: { email: { until: 'delivered', fallbackAfter: 'PT1H' } } }
  const flows: Parameters<typeof drawing>[0][] = [
    { tell: send('fixed', ['email']) },
    { both: send('all', ['email', 'sms']) },
    { first: send('fixed', ['sms', 'email']), pause: waitFor('PT5H'), last: send('preferred') },
    { clocked: send('fixed', ['email', 'telegram', 'sms'], clock) },
    { mine: send('preferred') },
    { three: send('all', ['email', 'push', 'sms']) },
  ]
  for (const nodes of flows)
    await world.publish(drawing(nodes, { settings: ALLOW_TWICE, on: { event: 'Everything' } }))
})
afterEach(() => expectBalance(world))
afterAll(async () => {
  await Promise.all(engines.map((engine) => engine.close()))
  await world.close()
})

const carryAll = () => Promise.all(engines.map((engine) => engine.carryAll()))

interface Left {
  member: number
  at: number
  channel: string
  topic: string
}

/** Where a member got more within the length of a cap than it allows, at the times when the messages left. */
async function overshoots(): Promise<string[]> {
  const left = await world.rows<Left>(
    `select member, extract(epoch from coalesce(sent_at, granted_at)) * 1000 as at, channel, topic from message
     where status in ('unknown', 'sent', 'delivered', 'read') order by 2`,
  )
  const byMember = [...Map.groupBy(left, (one) => one.member).values()]
  return CAPS.flatMap((cap) =>
    byMember.flatMap((own) => {
      const counted = own.filter(
        (one) => (cap.channel ?? one.channel) === one.channel && (cap.topic ?? one.topic) === one.topic,
      )
      return counted.flatMap((last) => {
        const within = counted.filter((one) => one.at <= last.at && one.at > last.at - LENGTH[cap.per])
        return within.length > cap.max ? [`${within.length} for a limit of ${cap.max} per ${cap.per}`] : []
      })
    }),
  )
}

const count = async (status: string): Promise<number> => {
  const [row] = await world.rows<{ n: number }>('select count(*) n from message where status = $1', [status])
  return row?.n ?? 0
}

test('eight engines over a crowd, many flows at once, retries and fallbacks: no cap is overshot by one', async () => {
  const mailboxes = ['well', 'well', 'sim-not-sent', 'sim-content', 'sim-unknown', 'sim-rate-limited']
  const people = Array.from({ length: 18 }, (_, n) =>
    somebody({
      email: `${mailboxes[n % mailboxes.length]}@m${n}.example`,
      preferredChannels: ['push', 'sms'],
    }),
  )
  await world.put(...people)
  await world.postAll(people.map(({ externalId }) => ({ type: 'Everything', member: externalId })))
  await carryAll()
  expect(await overshoots()).toEqual([])
  expect(await count('sent')).toBeGreaterThan(people.length)
  for (const hours of [1, 5, 12, 7, 24, 25, 30, 100]) {
    await engines[0]?.letTimePass((hours * 3_600 + 1) * 1_000)
    if (hours === 12)
      await world.postAll(people.map(({ externalId }) => ({ type: 'Everything', member: externalId })))
    await carryAll()
    expect(await overshoots()).toEqual([])
  }
}, 120_000)

test('messages that lay for days while sending was off leave as the caps allow, and count when they leave', async () => {
  const people = Array.from({ length: 6 }, () => somebody())
  await world.put(...people)
  for (const engine of engines) {
    const { courier } = engine.engine
    // What is claimed now is not handed over: sending is switched off in the moment before.
    engine.engine.courier = {
      ...courier,
      prepare: async (workspace, jobs) => {
        await world.rows(`update settings set body = body || '{"sending": false}'`)
        engine.engine.courier = courier
        return courier.prepare(workspace, jobs)
      },
    }
  }
  await world.postAll(people.map(({ externalId }) => ({ type: 'Everything', member: externalId })))
  await carryAll()
  expect(await count('pending')).toBeGreaterThan(0)
  await engines[0]?.letTimePass(12 * DAY)
  await world.settings({ sending: true })
  await world.postAll(people.map(({ externalId }) => ({ type: 'Everything', member: externalId })))
  await carryAll()
  expect(await overshoots()).toEqual([])
  for (let days = 0; days < 9; days += 1) {
    await engines[0]?.letTimePass(DAY + 1_000)
    await carryAll()
    expect(await overshoots()).toEqual([])
  }
}, 120_000)
