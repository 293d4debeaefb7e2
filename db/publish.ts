import type { Plan } from '../flow/plan.ts'
import type { FlowRow } from './flows.ts'
import { listenToEntries } from './listeners.ts'
import type { Tx } from './pool.ts'
import { storeVersion } from './versions.ts'
import { watchTrigger } from './watch-trigger.ts'

export interface Publishing {
  flow: FlowRow
  document: unknown
  plan: Plan
  note: string | null
  author: string
}

/** Stores an immutable version and makes it the one that takes entries. The caller holds the flow. */
export async function publishVersion(
  tx: Tx,
  { flow, ...publishing }: Publishing,
): Promise<{ id: number; number: number }> {
  const version = await storeVersion(tx, { flow: flow.id, ...publishing })
  const entries = { flow: flow.id, version: version.id, plan: publishing.plan }
  await listenToEntries(tx, entries)
  await watchTrigger(tx, entries)
  const state = flow.state === 'paused' ? 'paused' : 'live'
  await tx.rows('update flow set version = $2, state = $3, updated_at = now() where id = $1', [
    flow.id,
    version.id,
    state,
  ])
  return { id: version.id, number: version.number ?? 0 } // only a test run's has none
}

/**
 * No more entries; with `exit`, everybody inside leaves at once, also those a walk carries. The caller holds the flow.
 * Enrollments are locked in order of id, as walks do. Messages and calls come after them, against the order that all others keep,
 * so none is waited for: one that is locked is being granted at this moment, or ends with its journey.
 */
export async function stopFlow(tx: Tx, flow: number, inside: 'finish' | 'exit'): Promise<void> {
  await tx.rows(`update flow set state = 'stopped', updated_at = now() where id = $1`, [flow])
  await tx.rows(`delete from listener where flow = $1 and role = 'start'`, [flow])
  if (inside === 'finish') return
  const mark = JSON.stringify({ code: 'flow-stopped' })
  await tx.rows(
    `with inside as materialized (
       select id from enrollment where flow = $1 and state <> 'ended' and mark is null order by id for no key update),
     marked as (
       update enrollment e set mark = $2, due_at = case when e.walk is null then now() else e.due_at end
       from inside where e.id = inside.id returning e.version, e.node, e.lane)
     select pg_notify('stand', s.id::text) from stand s
     where (s.version, s.node, s.lane) in (select version, node, lane from marked)`,
    [flow, mark],
  )
  await tx.rows(
    `with held as materialized (
       select id, period from message
       where status = 'pending' and enrollment in (select id from enrollment where flow = $1 and mark is not null)
       for no key update skip locked)
     update message m set status = 'failed', failed_at = now(), reason = $2
     from held h where m.id = h.id and m.period = h.period`,
    [flow, mark],
  )
  await tx.rows(
    `with held as materialized (
       select id from webhook_call
       where status = 'pending' and enrollment in (select id from enrollment where flow = $1 and mark is not null)
       for no key update skip locked)
     update webhook_call c set status = 'failed', retry_at = null, ended_at = now(), reason = $2
     from held h where c.id = h.id`,
    [flow, mark],
  )
}
