import { expect } from 'vitest'
import { flowStats } from '../../db/flow-stats.ts'
import { SENTENCES } from '../../flow/sentences.ts'
import type { World } from './world.ts'

/** What the rows are looked at through. */
export type Rows = Pick<World, 'db' | 'rows' | 'within'>

/**
 * What must hold whenever nobody is being carried: the sums of every flow balance with its rows, everybody has ended
 * or rests, nothing hangs between two states, and every step has words.
 */
export async function expectBalance(world: Rows): Promise<void> {
  for (const { id } of await world.rows<{ id: number }>('select id from flow where version is not null')) {
    await expectFlowBalance(world, id)
  }
  const unsettled = await world.rows(
    `select e.id, e.node, e.state, m.status from enrollment e left join message m on m.enrollment = e.id
     where e.state = 'active' or e.walk is not null or m.status = 'sending'
       or (e.state = 'ended') <> (e.ended_at is not null and e.reason is not null)
       or (e.state = 'resting') <> (e.rest is not null and e.due_at is not null)
       or (m.status = 'pending' and e.state = 'ended')
       or (m.status = 'failed') <> (m.failed_at is not null and m.reason is not null)`,
  )
  expect(unsettled, 'members or messages between two states').toEqual([])
  const calls = await world.rows(
    `select c.enrollment, c.node, c.status from webhook_call c join enrollment e on e.id = c.enrollment
     where c.status = 'calling' or (c.status = 'pending' and e.state = 'ended')
       or (c.status in ('done', 'failed')) <> (c.ended_at is not null and c.reason is not null)`,
  )
  expect(calls, 'calls between two states').toEqual([])
  const walks = await world.db.outside((tx) =>
    tx.rows('select id from walk union select walk from stand where walk is not null'),
  )
  expect(walks, 'walks that carry nobody').toEqual([])
  await expectSteps(world)
}

async function expectFlowBalance(world: Rows, flow: number): Promise<void> {
  const stats = await world.within((tx) => flowStats(tx, flow))
  const rows = await world.rows<{ node: string; state: 'active' | 'resting' | 'ended'; n: number }>(
    'select node, state, count(*) n from enrollment where flow = $1 and not test group by node, state',
    [flow],
  )
  const count = (of: { state?: string; node?: string }) =>
    rows
      .filter((row) => (of.state ?? row.state) === row.state && (of.node ?? row.node) === row.node)
      .reduce((sum, row) => sum + row.n, 0)
  const { enrolled, active, resting, ended, nodes } = stats
  expect({ enrolled, active, resting, ended }).toEqual({
    enrolled: count({}),
    active: count({ state: 'active' }),
    resting: count({ state: 'resting' }),
    ended: count({ state: 'ended' }),
  })
  for (const [node, { entered, left, exits }] of Object.entries(nodes)) {
    const here = count({ node, state: 'active' }) + count({ node, state: 'resting' })
    const through = Object.values(exits).reduce((sum, n) => sum + n, 0)
    expect({ node, entered }).toEqual({ node, entered: here + through + left })
  }
}

/** Every node a member came to, every message and every end is explained by a step that has words. */
async function expectSteps(world: Rows): Promise<void> {
  const codes = await world.rows<{ code: string }>('select distinct code from step')
  expect(
    codes.map((row) => row.code).filter((code) => !Object.hasOwn(SENTENCES, code)),
    'codes without words',
  ).toEqual([])
  const unexplained = await world.rows(
    `select m.id, m.node, m.channel from message m where not exists (
       select from step s where s.enrollment = m.enrollment and s.node = m.node and s.outcome = 'sent')
     union all
     select e.id, e.node, e.state from enrollment e
       left join lateral (select outcome, code, node from step s where s.enrollment = e.id and s.outcome not in ('refused', 'moved') order by id desc limit 1) last on true
     where last.node is distinct from e.node
       or (e.state = 'resting' and last.code not in (e.rest->>'code', 'paused'))
       or (e.reason->>'code' <> 'end' and last.code <> e.reason->>'code')`,
  )
  expect(unexplained, 'without a step that tells of them').toEqual([])
}
