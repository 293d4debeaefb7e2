import { globSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { decodeId, encodeId } from '../../db/ids.ts'
import { openWhole } from './whole.ts'
import { until, untilBalance } from './until.ts'

const LONG = 120_000
const CROWD = 12_000

const whole = await openWhole()
const { fanfare, play } = whole
afterAll(whole.close, LONG)

const REST = { rest: { kind: 'wait', for: { duration: 'P1D' }, exits: { next: null } } }

/** A live flow, and an audience of as many members as asked for. */
async function begin(day: string, count: number): Promise<{ flow: string; audience: object }> {
  const flow = await play.publish({ on: day, nodes: REST })
  await whole.rows(
    `insert into member (workspace, external_id, attributes)
     select 1, $1 || '-' || n, jsonb_build_object('crowd', $1::text) from generate_series(1, $2::int) n`,
    [day, count],
  )
  return { flow, audience: { field: 'member.crowd', op: 'eq', value: day } }
}

async function launch(flow: string, audience: object): Promise<number> {
  const headers = {
    'content-type': 'application/json',
    'idempotency-key': flow,
    authorization: `Bearer ${fanfare.key}`,
  }
  const init = { method: 'POST', headers, body: JSON.stringify({ audience }) }
  const answer = await fetch(`${fanfare.base}/v1/flows/${flow}/launch`, init)
  expect(answer.status).toBe(202)
  const { launch: id } = (await answer.json()) as { launch: string } // as the contract says
  return decodeId('launch', id) ?? 0
}

const act = async (id: number, verb: string, body: object = {}): Promise<void> =>
  void (await fanfare.api.send('POST', `/v1/launches/${encodeId('launch', id)}/${verb}`, body))

async function stateOf(id: number) {
  const [row] = await whole
    .rows<{ state: string; looked_at: number; entered: number }>(
      'select state, looked_at, entered from launch where id = $1',
      [id],
    )
    .catch(() => [])
  return row ?? { state: 'unknown', looked_at: 0, entered: 0 }
}

/** How many journeys of how many members there are, once nobody is between two steps. */
async function counted(flow: string) {
  const [row] = await whole.rows(
    'select count(*)::int n, count(distinct member)::int members from enrollment where flow = $1',
    [decodeId('flow', flow)],
  )
  return row
}

async function untilAllRest(flow: string): Promise<void> {
  await until(async () => {
    const [left] = await whole
      .rows<{ n: number }>(`select count(*)::int n from enrollment where flow = $1 and state <> 'resting'`, [
        decodeId('flow', flow),
      ])
      .catch(() => [{ n: 1 }])
    return left?.n === 0 && (await whole.walks()) === 0
  })
}

test(
  'whoever is killed in the middle of a launch: nobody enters twice, and nobody is left out',
  async () => {
    const { flow, audience } = await begin('Crowded', CROWD)
    const id = await launch(flow, audience)
    for (const victim of ['worker', 'postgres'] as const) {
      const { looked_at: before } = await stateOf(id)
      await until(async () => (await stateOf(id)).looked_at > before)
      expect(await stateOf(id)).toMatchObject({ state: 'running' })
      fanfare.kill(victim)
    }
    await until(async () => (await stateOf(id)).state === 'done')
    expect(await stateOf(id)).toMatchObject({ looked_at: CROWD, entered: CROWD })
    expect(await counted(flow)).toEqual({ n: CROWD, members: CROWD })
    await untilAllRest(flow)
    await untilBalance(whole)
  },
  LONG,
)

test(
  'a launch that is asked for while Temporal is lost is carried out when it is back, however empty',
  async () => {
    const { flow, audience } = await begin('Wiped', 1_500)
    const before = fanfare.pid('temporal')
    fanfare.kill('temporal')
    for (const file of globSync(join(fanfare.home, 'temporal.sqlite*'))) rmSync(file)
    const id = await launch(flow, audience)
    await until(() => ![before, undefined].includes(fanfare.pid('temporal')))
    await until(async () => (await stateOf(id)).state === 'done')
    expect(await counted(flow)).toEqual({ n: 1_500, members: 1_500 })
    await untilAllRest(flow)
  },
  LONG,
)

test(
  'a worker that dies while a launch is paused lets nobody enter when it is back, until the launch is resumed',
  async () => {
    const { flow, audience } = await begin('Paused', CROWD)
    const id = await launch(flow, audience)
    await until(async () => (await stateOf(id)).looked_at > 0)
    await act(id, 'pause')
    const { entered } = await stateOf(id)
    expect(entered).toBeLessThan(CROWD)
    fanfare.kill('worker')
    await untilAllRest(flow) // those inside are carried on
    expect(await counted(flow)).toEqual({ n: entered, members: entered })
    await act(id, 'resume')
    await until(async () => (await stateOf(id)).state === 'done')
    expect(await counted(flow)).toEqual({ n: CROWD, members: CROWD })
    await untilAllRest(flow)
    await untilBalance(whole)
  },
  LONG,
)

test(
  'paused, resumed and paused again between pages, with the worker killed: in the end everybody is in once',
  async () => {
    const { flow, audience } = await begin('Nervous', CROWD)
    const id = await launch(flow, audience)
    for (let time = 0; time < 6; time += 1) {
      await act(id, 'pause')
      await act(id, 'resume')
      if (time === 3) fanfare.kill('worker')
    }
    await until(async () => (await stateOf(id)).state === 'done')
    expect(await counted(flow)).toEqual({ n: CROWD, members: CROWD })
    await untilAllRest(flow)
  },
  LONG,
)

test(
  'everybody a cancelled launch brought leaves, also when the processes die in the middle of it',
  async () => {
    const { flow, audience } = await begin('Cancelled', CROWD)
    const id = await launch(flow, audience)
    await until(async () => (await stateOf(id)).entered >= 4_000)
    await act(id, 'cancel', { inside: 'exit' })
    fanfare.kill('api')
    fanfare.kill('worker')
    const { entered } = await stateOf(id)
    const inside = () =>
      whole.rows(`select 1 from enrollment where flow = $1 and state <> 'ended' limit 1`, [
        decodeId('flow', flow),
      ])
    await until(async () => (await inside().catch(() => [1])).length === 0)
    expect(await counted(flow)).toEqual({ n: entered, members: entered })
    expect(await stateOf(id)).toMatchObject({ state: 'cancelled', entered })
    await untilBalance(whole)
  },
  LONG,
)
