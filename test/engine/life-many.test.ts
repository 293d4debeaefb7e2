import { afterAll, beforeAll, expect, test } from 'vitest'
import { actsOn } from './acts.ts'
import { drawing, send, waitFor } from './drawing.ts'
import { openWorld, type World } from './world.ts'

let world: World
let acts: ReturnType<typeof actsOn>
beforeAll(async () => {
  world = await openWorld()
  acts = actsOn(world)
})
afterAll(() => world.close())

const LONG = { timeout: 90_000 }
const drawn = (rest: string) =>
  drawing({ rest: waitFor(rest), mail: send('fixed', ['sms']) }, { on: { event: 'Many' } })

/** Ten thousand people who have just begun to wait for a day. */
async function manyWait(): Promise<number> {
  const flow = await world.publish(drawn('P1D'))
  await world.rows(
    `insert into member (workspace, external_id) select $1, $2 || n from generate_series(1, 10000) n`,
    [world.workspace, `${flow}-`],
  )
  await world.rows(
    `insert into enrollment (workspace, flow, version, member, node, lane, state, due_at, period, seq, rest)
     select m.workspace, f.id, f.version, m.id, 'rest', 'urgent', 'resting', now() + interval '1 day', date_trunc('month', now())::date, 0,
       jsonb_build_object('code', 'wait', 'until', ((extract(epoch from now()) + 86400) * 1000)::bigint,
         'since', (extract(epoch from now()) * 1000)::bigint)
     from flow f, member m where f.id = $1 and starts_with(m.external_id, $2)`,
    [flow, `${flow}-`],
  )
  return flow
}

const inside = (flow: number, later: string) =>
  world.rows(
    `select v.number, e.state, e.due_at > now() + $2::interval later, count(*) n from enrollment e
     join flow_version v on v.id = e.version where e.flow = $1 group by 1, 2, 3`,
    [flow, later],
  )

test(
  'publishing with “move” while ten thousand wait moves every one of them, and loses nobody’s rest',
  LONG,
  async () => {
    const flow = await manyWait()
    await acts.move(flow, drawn('P2D'))
    await world.carry()
    expect(await inside(flow, '47 hours')).toEqual([{ number: 2, state: 'resting', later: true, n: 10_000 }])
    const alarms = await world.rows(
      `select 1 from alarm a join stand s on s.id = a.stand join flow f on f.version = s.version
     where f.id = $1 and a.at > now() + interval '47 hours'`,
      [flow],
    )
    expect(alarms.length).toBeGreaterThan(0)
  },
)

test(
  'a pause in which ten thousand came due holds every one of them, and lets every one go on',
  LONG,
  async () => {
    const flow = await manyWait()
    await acts.pause(flow)
    await world.later('P2D')
    expect(await inside(flow, '100 years')).toEqual([{ number: 1, state: 'resting', later: true, n: 10_000 }])
    await acts.resume(flow, 'shift')
    await world.carry()
    expect(await inside(flow, '23 hours')).toEqual([{ number: 1, state: 'resting', later: true, n: 10_000 }])
  },
)

test('stopping a flow in which ten thousand wait takes out every one of them', LONG, async () => {
  const flow = await manyWait()
  await acts.stop(flow, 'exit')
  await world.carry()
  expect(await inside(flow, '0')).toEqual([{ number: 1, state: 'ended', later: null, n: 10_000 }])
})
