import { isDeepStrictEqual } from 'node:util'
import type { Plan, PlanTrigger } from '../flow/plan.ts'
import { triggerOf } from '../flow/trigger-of.ts'
import { recordMembers } from './memberships.ts'
import type { Tx } from './pool.ts'
import { noticeTriggers } from './trigger-notice.ts'
import type { Watched } from './watches.ts'

export interface Publication {
  flow: number
  version: number
  plan: Plan
}

/**
 * Watches over the trigger of the version that now takes entries. One that stays the same goes on where it is: who was in
 * its audience stays known, what it owes stays owed. The caller holds the flow.
 */
export async function watchTrigger(tx: Tx, { flow, version, plan }: Publication): Promise<void> {
  const trigger = triggerOf(plan)
  const known = await triggerWatched(tx, flow)
  if (known && staysTheSame(known, trigger)) {
    await tx.rows('update watch set version = $2, due_at = now() where flow = $1', [flow, version])
  } else {
    if (known) await unwatch(tx, flow)
    if (isWatched(trigger)) await begin(tx, { flow, version, trigger })
  }
  await noticeTriggers(tx)
}

async function begin(
  tx: Tx,
  { flow, version, trigger }: { flow: number; version: number; trigger: Watched },
): Promise<void> {
  await tx.rows(
    `insert into watch (flow, workspace, version, kind, due_at)
     values ($1, current_setting('app.workspace')::int, $2, $3, now())`,
    [flow, version, trigger.by],
  )
  if (trigger.by === 'enters') await recordMembers(tx, { flow, audience: trigger.audience })
}

/** Forgets a flow that takes no more entries; dates that were acted on stay known. The caller holds the flow. */
export async function unwatch(tx: Tx, flow: number): Promise<void> {
  await tx.rows('delete from watch where flow = $1', [flow])
  await tx.rows('delete from membership where flow = $1', [flow])
  await tx.rows(`delete from occurrence where flow = $1 and state = 'waiting'`, [flow])
  await noticeTriggers(tx)
}

async function triggerWatched(tx: Tx, flow: number): Promise<PlanTrigger | null> {
  const [row] = await tx.rows<{ plan: Plan }>(
    'select v.plan from watch w join flow_version v on v.id = w.version where w.flow = $1',
    [flow],
  )
  return row ? triggerOf(row.plan) : null
}

/** A schedule stays the same whomever it is for: its runs ask afresh. */
function staysTheSame(known: PlanTrigger, trigger: PlanTrigger): boolean {
  if (known.by === 'schedule' && trigger.by === 'schedule')
    return known.cron === trigger.cron && known.timeZone === trigger.timeZone
  return isDeepStrictEqual(known, trigger)
}

function isWatched(trigger: PlanTrigger): trigger is Watched {
  return trigger.by === 'schedule' || trigger.by === 'enters' || trigger.by === 'date'
}
