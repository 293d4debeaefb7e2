import { globSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { openDb } from '../../db/pool.ts'
import { SCHEDULE_PREFIX } from '../../workflows/names.ts'
import { until } from '../crash/until.ts'
import { drawing, waitFor } from '../engine/drawing.ts'
import { startInstallation, type Installation } from '../support/installation.ts'

const LONG = 120_000

let fanfare: Installation
let client: Client
beforeAll(async () => {
  fanfare = await startInstallation()
  client = new Client({ connection: await Connection.connect({ address: fanfare.temporalAddress }) })
  await fanfare.api.send('PUT', '/v1/members', [{ externalId: 'ana', attributes: { tier: 'gold' } }])
}, LONG)
afterAll(async () => {
  await client.connection.close()
  await fanfare.stop()
}, LONG)

const flowSchema = z.object({ id: z.string(), nextRuns: z.array(z.string()).optional() })
const launchSchema = z.object({
  items: z.array(
    z.object({ state: z.string(), scheduledAt: z.string(), counts: z.object({ entered: z.int() }) }),
  ),
})

function drawn(cron: string, timeZone: string) {
  const audience = { field: 'member.tier', op: 'eq', value: 'gold' }
  const settings = { purpose: 'transactional', topic: undefined }
  return drawing({ pause: waitFor('PT1S') }, { on: { schedule: { cron, timeZone }, audience }, settings })
}

async function publish(cron: string, timeZone = 'Europe/Madrid'): Promise<string> {
  const { id } = flowSchema.parse(await fanfare.api.send('POST', '/v1/flows', drawn(cron, timeZone)))
  await fanfare.api.send('POST', `/v1/flows/${id}/publish`, {})
  return id
}

async function redraw(flow: string, document: object): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    'if-match': '1',
    authorization: `Bearer ${fanfare.key}`,
  }
  const init = { method: 'PUT', headers, body: JSON.stringify(document) }
  expect((await fetch(`${fanfare.base}/v1/flows/${flow}/draft`, init)).status).toBe(200)
}

async function schedules(): Promise<string[]> {
  const found: string[] = []
  for await (const { scheduleId } of client.schedule.list())
    if (scheduleId.startsWith(SCHEDULE_PREFIX)) found.push(scheduleId)
  return found.toSorted()
}

/** The only schedule that was not there before. */
async function added(before: string[]): Promise<string> {
  const fresh = async () => (await schedules()).filter((id) => !before.includes(id))
  await until(async () => (await fresh()).length === 1)
  return (await fresh())[0] ?? ''
}

const launches = async (flow: string) =>
  launchSchema.parse(await fanfare.api.get(`/v1/flows/${flow}/launches`)).items

test.each([
  ['0 9 * * 1', 'Europe/Madrid'],
  ['*/15 8-10 * * mon-fri', 'America/New_York'],
  ['30 12 1,15 */2 *', 'Asia/Kathmandu'],
  ['0 9 13 * 5', 'UTC'],
  ['5/20 * * * 0', 'Australia/Lord_Howe'],
])('the runs that are shown of %s in %s are those that Temporal will bring', async (cron, zone) => {
  const before = await schedules()
  const flow = await publish(cron, zone)
  const { info } = await client.schedule.getHandle(await added(before)).describe()
  const { nextRuns } = flowSchema.parse(await fanfare.api.get(`/v1/flows/${flow}`))
  expect(nextRuns).toEqual(info.nextActionTimes.slice(0, 3).map((at) => at.toISOString()))
})

test('a run that Temporal brings launches the flow for its instant, once', async () => {
  const before = await schedules()
  const flow = await publish('0 0 1 1 *')
  const schedule = client.schedule.getHandle(await added(before))
  const start = new Date('2026-01-01T00:00:00Z')
  await schedule.trigger()
  await until(async () => (await launches(flow)).some((one) => one.state === 'done'))
  expect(await launches(flow)).toMatchObject([{ counts: { entered: 1 } }])
  // New Year in Madrid was an hour before it was in London: the instant is what the schedule was for, not when it came.
  await schedule.backfill([
    { start: new Date(start.getTime() - 7_200_000), end: start },
    { start: new Date(start.getTime() - 7_200_000), end: start },
  ])
  await until(async () => (await launches(flow)).length === 2)
  expect((await launches(flow))[0]).toMatchObject({
    state: 'skipped',
    scheduledAt: '2025-12-31T23:00:00.000Z',
  })
})

test(
  'schedules follow the live versions: replaced, stopped, and restored when Temporal lost them',
  async () => {
    const before = await schedules()
    const flow = await publish('0 0 1 1 *')
    const first = await added(before)
    await redraw(flow, drawn('0 0 2 1 *', 'UTC'))
    await fanfare.api.send('POST', `/v1/flows/${flow}/publish`, {})
    await until(async () => !(await schedules()).includes(first))
    const second = await added(before)
    const all = await schedules()
    const pid = fanfare.pid('temporal')
    fanfare.kill('temporal')
    for (const file of globSync(join(fanfare.home, 'temporal.sqlite*'))) rmSync(file)
    await until(() => ![pid, undefined].includes(fanfare.pid('temporal')))
    await until(async () => (await schedules().catch(() => [])).length === all.length)
    await fanfare.api.send('POST', `/v1/flows/${flow}/stop`, { inside: 'finish' })
    await until(async () => !(await schedules()).includes(second))
    expect(await schedules()).toEqual(before)
  },
  LONG,
)

const enrolled = async (flow: string): Promise<number> =>
  z.object({ enrolled: z.int() }).parse(await fanfare.api.get(`/v1/flows/${flow}/stats`)).enrolled

test('the worker looks at audiences and dates by itself, and lets in who is due', async () => {
  const settings = { purpose: 'transactional', topic: undefined }
  const flows: string[] = []
  for (const on of [
    { enters: { field: 'member.tier', op: 'eq', value: 'silver' } },
    { date: { attribute: 'day', at: '00:00' } },
  ]) {
    const { id } = flowSchema.parse(
      await fanfare.api.send('POST', '/v1/flows', drawing({ pause: waitFor('P1D') }, { on, settings })),
    )
    await fanfare.api.send('POST', `/v1/flows/${id}/publish`, {})
    flows.push(id)
  }
  const attributes = { tier: 'silver', day: new Date().toISOString().slice(0, 10) }
  await fanfare.api.send('PUT', '/v1/members', [{ externalId: 'bob', attributes }])
  const db = openDb({ url: fanfare.databaseUrl, max: 1, name: 'test' })
  await db.outside((tx) => tx.rows(`update watch set due_at = now(), seen_until = now() - interval '1 day'`))
  await until(async () => (await Promise.all(flows.map(enrolled))).every((count) => count > 0))
  await db.close()
  expect(await Promise.all(flows.map(enrolled))).toEqual([1, 1])
})
