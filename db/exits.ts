import { evaluate } from '../flow/conditions/evaluate.ts'
import type { Reason } from '../flow/reason.ts'
import type { Scene } from '../flow/scene.ts'
import { cancelCalls } from './hot/call-outcomes.ts'
import { cancelPending } from './hot/cancel.ts'
import type { Carried } from './hot/claim.ts'
import { loadScenes } from './hot/scenes.ts'
import { readyStands, type StandKey } from './hot/stands.ts'
import type { Memory } from './memory.ts'
import type { Tx } from './pool.ts'

/** What changed about members; exit criteria that mention it are looked at in the same transaction. */
export type Cause = { events: string[] } | { changed: 'attributes' | 'consent' | 'receipts' }

/** How a listener row names changes that are not events: no event type can begin with `~`. */
export const CHANGE_KEY = { attributes: '~attributes', consent: '~consent', receipts: '~receipts' } as const

/**
 * Ends the journeys whose exit criteria have come true: their unsent messages are failed and they are marked, so that
 * the next decision, which is due at once, ends them wherever they rest. A walk that carries one obeys the mark.
 * The caller holds the members' locks.
 */
export async function wakeExits(
  tx: Tx,
  memory: Memory,
  of: { members: number[]; cause: Cause },
): Promise<void> {
  const keys = 'events' in of.cause ? of.cause.events : [CHANGE_KEY[of.cause.changed]]
  if (of.members.length === 0 || keys.length === 0) return
  const inside = await tx.rows<Carried & { walk: number | null }>(
    `select e.id, e.flow, e.version, e.member, e.node, e.lane, e.period, e.seq, e.entry, e.journey, e.rest, e.mark, e.test,
       case when e.due_at < 'infinity' then e.due_at end due_at, e.entered_at, e.arrived_at, now() now, 0 seen, e.walk
     from enrollment e where e.member = any($1::bigint[]) and e.state <> 'ended' and e.mark is null
       and e.version in (select version from listener where role = 'exit' and event_type = any($2::text[]))`,
    [of.members, keys],
    'exit-candidates',
  )
  const leaving: { row: Carried; reason: Reason }[] = []
  for (const [version, rows] of Map.groupBy(inside, (row) => row.version)) {
    const { plan } = await memory.version(tx, version)
    const scenes = await loadScenes(tx, { plan, workspace: await memory.workspace(tx), carried: rows })
    const reasons = new Map(scenes.map((scene) => [scene.enrollment.id, exitReason(scene)]))
    for (const row of rows) {
      const reason = reasons.get(row.id)
      if (reason) leaving.push({ row, reason })
    }
  }
  await markLeaving(tx, leaving)
}

function exitReason(scene: Scene): Reason | null {
  const { exitWhen } = scene.plan.settings
  const verdict = exitWhen && evaluate(exitWhen, scene)
  return verdict?.truth ? { code: 'exit-criteria', args: { because: verdict.because } } : null
}

/** A journey that is to leave, and where it stands. */
export interface Leaving {
  row: StandKey & { id: number }
  reason: Reason
}

/**
 * Marks journeys to be ended by their next decision and fails what they had not sent. The caller holds the members'
 * locks.
 */
export async function markLeaving(tx: Tx, leaving: Leaving[]): Promise<void> {
  if (leaving.length === 0) return
  const ending = leaving.map(({ row, reason }) => ({ id: row.id, reason }))
  await cancelPending(tx, ending)
  await cancelCalls(tx, ending)
  await tx.rows(
    `update enrollment e set mark = r.reason, due_at = case when e.walk is null then now() else e.due_at end
     from jsonb_to_recordset($2::jsonb) r(id bigint, reason jsonb)
     where e.id = any($1::bigint[]) and e.id = r.id and e.state <> 'ended'`,
    [ending.map((one) => one.id), JSON.stringify(ending)],
  )
  await readyStands(
    tx,
    leaving.map(({ row }) => row),
  )
}
