import { afterAll, expect, test } from 'vitest'
import { openDb } from '../../db/pool.ts'
import { callsOf } from '../engine/calls.ts'
import { startDomainSystem, type Heard } from '../support/domain-system.ts'
import { startInstallation } from '../support/installation.ts'
import { openBooks } from './books.ts'
import { openPlay } from './play.ts'
import { until, untilBalance } from './until.ts'

const LONG = 120_000
const WORKSPACE = 1
const [fanfare, shop] = await Promise.all([startInstallation(), startDomainSystem()])
const play = await openPlay(fanfare.api, 1)
const db = openDb({ url: fanfare.databaseUrl, max: 3, name: 'test' })
const books = openBooks(db, WORKSPACE)
const rows = books.rows
const whole = {
  db,
  rows,
  within: <T>(work: Parameters<typeof db.inWorkspace<T>>[1]) => db.inWorkspace(WORKSPACE, work),
}
afterAll(async () => {
  await db.close()
  await Promise.all([fanfare.stop(), shop.close()])
}, LONG)

const request = {
  url: `${shop.url}/hook`,
  method: 'POST',
  body: '{"who": "{{ member.externalId }}"}',
  secret: 'shop',
}
const tell = { kind: 'webhook', request, timeout: 'PT1M', exits: { next: null, failed: null } }
await fanfare.api.send('PUT', '/v1/secrets/shop', { value: 'a secret between us and the shop' })

const whoOf = ({ body }: Heard): string => String(JSON.parse(body).who)

async function begun(day: string): Promise<{ flow: string; member: string }> {
  shop.requests.splice(0)
  shop.plan('hang')
  const flow = await play.publish({ on: day, nodes: { tell } })
  const [member = ''] = await play.enlist(day, 1)
  await play.tell(day, [member])
  await until(() => shop.held() === 1)
  return { flow, member }
}

async function isOver(flow: string): Promise<boolean> {
  const journeys = await books.enrollments({ flow }).catch(() => [])
  return journeys.length > 0 && journeys.every((one) => one.state === 'ended')
}

test.each([
  ['killed', 'SIGKILL', 'Killed'],
  ['asked to end', 'SIGTERM', 'Ended'],
] as const)(
  'a worker that is %s in mid-call: the next one calls again by the same key, and the member goes on',
  async (_, signal, day) => {
    const { flow, member } = await begun(day)
    fanfare.signal('worker', signal)
    await until(() => isOver(flow))
    const keys = shop.requests.map(({ headers }) => headers['idempotency-key'])
    expect(keys).toHaveLength(2)
    expect(new Set(keys).size).toBe(1)
    expect(shop.requests.map(({ headers }) => headers['webhook-id'])).toEqual(keys) // both are signed
    expect(await callsOf({ rows }, member)).toMatchObject([{ status: 'done', response: 200 }])
    await untilBalance(whole)
  },
  LONG,
)

test(
  'a system that hangs with one member’s call holds up nobody who comes after',
  async () => {
    const { flow, member } = await begun('slow')
    const [next = ''] = await play.enlist('quick', 1)
    await play.tell('slow', [next])
    await until(() => shop.requests.map(whoOf).includes(next))
    await until(async () => (await callsOf({ rows }, next))[0]?.status === 'done')
    expect(await callsOf({ rows }, member)).toMatchObject([{ status: 'calling', attempt: 1 }])
    shop.release()
    await until(() => isOver(flow))
    expect(shop.requests.map(whoOf)).toEqual([member, next])
    await untilBalance(whole)
  },
  LONG,
)
