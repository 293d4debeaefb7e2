import { conflict, missing } from './fault.ts'
import { announce, endLaunch, leaveOpen, type LaunchRow } from './launches.ts'
import type { Tx } from './pool.ts'

/** A launch as an act finds it; nobody enters while it is held. */
export type HeldLaunch = Pick<LaunchRow, 'id' | 'flow' | 'state'> & {
  /** Its people were taken out, or are being. */
  taken_out: boolean
}

/** No page of it is under way once this answers, and none begins before the transaction ends. */
export async function holdLaunch(tx: Tx, id: number): Promise<HeldLaunch> {
  const [row] = await tx.rows<HeldLaunch>(
    `select id, flow, state, coalesce(reason->>'code' = 'launch-cancelled-exit', false) taken_out
     from launch where id = $1 for no key update`,
    [id],
  )
  if (!row) throw missing('launch')
  return row
}

/** Each act answers whether it changed anything: asked twice, the second time it does not. */
export async function pauseLaunch(tx: Tx, { id, state }: HeldLaunch): Promise<boolean> {
  if (state === 'paused') return false
  refuseEnded('paused', state)
  await tx.rows(`update launch set state = 'paused' where id = $1`, [id])
  await leaveOpen(tx, id)
  return true
}

/** At its pace as of now: those who might have entered during the pause do not come in a crowd. */
export async function resumeLaunch(tx: Tx, { id, state }: HeldLaunch): Promise<boolean> {
  if (state === 'running') return false
  refuseEnded('resumed', state)
  await tx.rows(
    `update launch set state = 'running', next_at = greatest(next_at, clock_timestamp()) where id = $1`,
    [id],
  )
  await announce(tx, id)
  return true
}

/** A new pace counts from now. */
export async function paceLaunch(
  tx: Tx,
  { id, state }: HeldLaunch,
  perMinute: number | null,
): Promise<boolean> {
  refuseEnded('given another rate', state)
  const changed = await tx.rows(
    `update launch set per_minute = $2, next_at = clock_timestamp() where id = $1 and per_minute is distinct from $2
     returning 1`,
    [id, perMinute],
  )
  return changed.length > 0
}

/**
 * Nobody more enters. With `exit` those of it who are inside leave at their next decision (`takeOutOfLaunches`), also
 * when all of them had entered before.
 */
export async function cancelLaunch(
  tx: Tx,
  { id, state, taken_out }: HeldLaunch,
  inside: 'finish' | 'exit',
): Promise<boolean> {
  const exit = inside === 'exit' && !taken_out
  if (state === 'cancelled' && !exit) return false
  const over = state === 'done' || state === 'stopped' || state === 'cancelled'
  if (!(over && inside === 'exit')) refuseEnded('cancelled', state)
  await endLaunch(tx, id, { state: 'cancelled', reason: { code: `launch-cancelled-${inside}` } })
  if (exit) await tx.rows('update launch set taking_out = true where id = $1', [id])
  return true
}

function refuseEnded(done: string, state: LaunchRow['state']): void {
  if (state === 'running' || state === 'paused') return
  const remedy = done === 'cancelled' && state === 'done' ? REMEDY : ''
  throw conflict('launch-over', `Only a launch under way can be ${done}; this one ${SAID[state]}.${remedy}`)
}

const REMEDY = ' To take out those who are still inside, cancel it with "inside": "exit".'

const SAID = {
  done: 'is done: everybody has entered',
  stopped: 'was stopped with its flow',
  cancelled: 'was cancelled',
  failed: 'has failed',
  skipped: 'was not run',
}
