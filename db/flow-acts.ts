import { conflict } from './fault.ts'
import type { FlowRow } from './flows.ts'
import { wakeHeld, wakeTakenOut } from './hot/wake.ts'
import { stopLaunches } from './launches.ts'
import type { Tx } from './pool.ts'
import { unwatch } from './watch-trigger.ts'

/** What becomes of clocks that stood still: put off by the pause; run on as if there was none; or ended if they passed. */
export type Clocks = 'shift' | 'catch-up' | 'drop'

/**
 * Acts on a flow change its own row, and every decision after their commit obeys it: whoever is being decided on at
 * that moment cannot be missed, however many are inside, and no act waits for anybody's lock. (A decision in a paused
 * flow holds enrollments and waits for this row; an act that held the row and waited for enrollments would be a
 * deadlock.) Then those are woken whom the act lets go on, or leave: the first few thousand here, the others by
 * `seeThrough`. The caller holds the flow.
 */
export async function pauseFlow(tx: Tx, { id, state }: Acted): Promise<void> {
  if (state !== 'live')
    throw conflict('flow-not-live', `Only a live flow can be paused; this one is ${said(state)}.`)
  await tx.rows(`update flow set state = 'paused', paused_at = ${MOMENT}, updated_at = now() where id = $1`, [
    id,
  ])
}

export async function resumeFlow(tx: Tx, { id, state }: Acted, clocks: Clocks): Promise<void> {
  if (state !== 'paused')
    throw conflict('flow-not-paused', `Only a paused flow can be resumed; this one is ${said(state)}.`)
  await endPause(tx, id, clocks)
  await tx.rows(`update flow set state = 'live', paused_at = null, updated_at = now() where id = $1`, [id])
  await wakeHeld(tx, id)
}

/**
 * No more entries. With `finish`, those inside go on, a pause being over for them; with `exit` everybody leaves at their
 * next decision, also those whom a walk carries, and until then nothing of theirs is granted.
 */
export async function stopFlow(tx: Tx, flow: number, inside: 'finish' | 'exit'): Promise<void> {
  await endPause(tx, flow, 'shift')
  await tx.rows(
    `update flow set state = 'stopped', paused_at = null, updated_at = now(),
       taken_out = case when $2 then (select max(id) from flow_version where flow = $1) else taken_out end
     where id = $1`,
    [flow, inside === 'exit'],
  )
  await tx.rows(`delete from listener where flow = $1 and role = 'start'`, [flow])
  await stopLaunches(tx, flow)
  await unwatch(tx, flow)
  await wakeHeld(tx, flow)
  await wakeTakenOut(tx, flow)
}

type Acted = Pick<FlowRow, 'id' | 'state'>

const said = (state: FlowRow['state']): string => (state === 'draft' ? 'a draft' : state)

/** Now, as a clock of milliseconds says it: pauses are compared with rests, which are kept in those. */
const MOMENT = `date_trunc('milliseconds', clock_timestamp())`

/** A clock that was set back meanwhile makes a pause short, never shorter than nothing: no wait would end in time. */
async function endPause(tx: Tx, flow: number, clocks: Clocks): Promise<void> {
  await tx.rows(
    `insert into pause (workspace, flow, began_at, ended_at, clocks)
     select workspace, id, coalesce(paused_at, ${MOMENT}), greatest(paused_at, ${MOMENT}), $2
     from flow where id = $1 and state = 'paused'`,
    [flow, clocks],
  )
}
