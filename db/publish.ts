import type { Plan } from '../flow/plan.ts'
import { CHANGE_KEY } from './exits.ts'
import type { FlowRow } from './flows.ts'
import { createStands } from './hot/stands.ts'
import type { Tx } from './pool.ts'

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
  { flow, document, plan, note, author }: Publishing,
): Promise<{ id: number; number: number }> {
  const [version] = await tx.rows<{ id: number; number: number }>(
    `insert into flow_version (workspace, flow, number, document, plan, note, author)
     select current_setting('app.workspace')::int, $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5
     from flow_version where flow = $1 returning id, number`,
    [flow.id, JSON.stringify(document), JSON.stringify(plan), note, author],
  )
  if (!version) throw new Error('an insert of one version returns one row')
  const [place] = await tx.rows<{ workspace: number }>(
    `select current_setting('app.workspace')::int workspace`,
  )
  await createStands(tx, {
    workspace: place?.workspace ?? 0,
    version: version.id,
    nodes: Object.keys(plan.nodes),
  })
  await listen(tx, { flow: flow.id, version: version.id, plan })
  const state = flow.state === 'paused' ? 'paused' : 'live'
  await tx.rows('update flow set version = $2, state = $3, updated_at = now() where id = $1', [
    flow.id,
    version.id,
    state,
  ])
  return version
}

/** Entries go to the new version alone; exit criteria of older ones stay heard, for the people inside. */
async function listen(tx: Tx, of: { flow: number; version: number; plan: Plan }): Promise<void> {
  const { plan } = of
  const trigger = plan.nodes[plan.start]
  const starts = trigger?.kind === 'trigger' && trigger.on.by === 'event' ? [trigger.on.event] : []
  const { events, attributes, consent, receipts } = plan.exitOn
  const changes = Object.entries({ attributes, consent, receipts }).filter(([, heard]) => heard)
  const exits = [...events, ...changes.map(([what]) => CHANGE_KEY[what as keyof typeof CHANGE_KEY])]
  await tx.rows(`delete from listener where flow = $1 and role = 'start'`, [of.flow])
  await tx.rows(
    `insert into listener (workspace, flow, version, role, event_type)
     select current_setting('app.workspace')::int, $1::int, $2::int, 'start', type from unnest($3::text[]) type
     union all
     select current_setting('app.workspace')::int, $1::int, $2::int, 'exit', type from unnest($4::text[]) type
     on conflict do nothing`,
    [of.flow, of.version, starts, exits],
  )
}

/**
 * No more entries; with `exit`, everybody inside leaves at once, also those a walk carries. The caller holds the flow.
 * Enrollments are locked in order of id, as walks do. Messages come after them, against the order that all others keep,
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
}
