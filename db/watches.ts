import type { PlanTrigger } from '../flow/plan.ts'
import type { Tx } from './pool.ts'

/** A trigger that is no event and no launch: its flow is looked at from time to time. */
export type Watched = Extract<PlanTrigger, { by: 'schedule' | 'enters' | 'date' }>

export interface Watch {
  flow: number
  workspace: number
  version: number
  kind: Watched['by']
}

/** Flows to be looked at now, of every workspace. */
export async function dueWatches(tx: Tx): Promise<Watch[]> {
  return tx.rows<Watch>(
    'select flow, workspace, version, kind from watch where due_at <= now() order by due_at limit 100',
  )
}

export async function watchesOf(tx: Tx, kind: Watched['by']): Promise<Watch[]> {
  return tx.rows<Watch>('select flow, workspace, version, kind from watch where kind = $1 order by flow', [
    kind,
  ])
}

/** A watch that this transaction has to itself. */
export interface HeldWatch extends Watch {
  round_at: Date
  cursor: number
  leaving: boolean
  seen_until: Date
  now: Date
}

/**
 * Takes a watch that is due, unless somebody else looks: whoever holds it does one page and moves its cursor in the same
 * transaction. The flow comes first, shared until commit, so that no publish or stop slips in between.
 */
export async function holdWatch(tx: Tx, flow: number): Promise<HeldWatch | undefined> {
  await tx.rows('select 1 from flow where id = $1 for share', [flow])
  const [held] = await tx.rows<HeldWatch>(
    `select flow, workspace, version, kind, round_at, cursor, leaving, seen_until, now() now from watch
     where flow = $1 and due_at <= now() for update skip locked`,
    [flow],
  )
  if (held?.cursor === 0 && !held.leaving) held.round_at = held.now
  return held
}

/** Goes on with the look after `cursor`: true; or ends it, and the next one is due at `next`: false. */
export async function moveWatch(
  tx: Tx,
  { flow, round_at }: HeldWatch,
  to: { cursor: number; leaving?: boolean } | { next: Date; seenUntil: Date },
): Promise<boolean> {
  const over = 'next' in to
  const { cursor, leaving = false } = over ? { cursor: 0 } : to
  await tx.rows(
    `update watch set round_at = $2, cursor = $3, leaving = $4, due_at = coalesce($5, due_at),
       seen_until = coalesce($6, seen_until)
     where flow = $1`,
    [flow, round_at, cursor, leaving, over ? to.next : null, over ? to.seenUntil : null],
  )
  return !over
}
