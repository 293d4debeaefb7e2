import { obeying } from '../../flow/acts.ts'
import type { MemberFacts, WorkspaceFacts } from '../../flow/facts.ts'
import type { Plan } from '../../flow/plan.ts'
import type { Scene } from '../../flow/scene.ts'
import type { Tx } from '../pool.ts'
import { callFacts } from './calls.ts'
import type { Carried } from './claim.ts'
import type { Awaited } from './event-facts.ts'
import { hopFacts, memberFacts } from './facts.ts'
import { wantedFor } from './wanted.ts'

/**
 * What each of these enrollments is decided on. Enrollments of one member share one MemberFacts, so that a hop claimed
 * for the first is seen by the caps of the second.
 */
export async function loadScenes(
  tx: Tx,
  of: { plan: Plan; workspace: WorkspaceFacts; carried: Carried[] },
): Promise<Scene[]> {
  const { plan, workspace, carried } = of
  const wanted = {
    members: [...new Set(carried.map((one) => one.member))],
    deciding: carried.map((one) => one.id),
    entries: entriesOf(carried),
    awaited: carried.flatMap((one) => awaitedBy(one, plan)),
    ...wantedFor(plan, workspace),
  }
  const begun = carried.filter((one) => one.node !== plan.start)
  const launches = workspace.acts[carried[0]?.flow ?? 0]?.cancelled ?? []
  const [members, hops, calls, cancelled] = await Promise.all([
    memberFacts(tx, wanted),
    hopFacts(tx, begun),
    callFacts(tx, plan.needs.webhooks ? begun.map((one) => one.id) : []),
    comeWith(tx, launches, carried),
  ])
  return carried.flatMap((one) => {
    const member = members.get(one.member)
    return member
      ? [
          sceneOf(one, {
            plan,
            workspace,
            member,
            hops: hops.get(one.id) ?? [],
            calls: calls.get(one.id) ?? [],
            cancelled: cancelled.has(one.id),
          }),
        ]
      : []
  })
}

/** Those among them whom one of these launches brought. */
async function comeWith(tx: Tx, launches: number[], carried: Carried[]): Promise<Set<number>> {
  if (launches.length === 0) return new Set()
  const rows = await tx.rows<{ id: number }>(
    'select id from enrollment where id = any($1::bigint[]) and launch = any($2::bigint[])',
    [carried.map((one) => one.id), launches],
    'come-with-launches',
  )
  return new Set(rows.map((row) => row.id))
}

/** Of several enrollments of one member the first: what came after the others came after it, too. */
function entriesOf(carried: Carried[]): Map<number, number> {
  const entries = new Map<number, number>()
  for (const { member, seq } of carried) entries.set(member, Math.min(seq, entries.get(member) ?? seq))
  return entries
}

/** Without a `where`, the first event is the one that was waited for. */
function awaitedBy({ member, node: id, rest }: Carried, { nodes }: Plan): Awaited[] {
  const node = nodes[id]
  const awaits = rest?.awaits
  if (node?.kind !== 'wait' || node.for.by !== 'event' || !awaits || !('event' in awaits)) return []
  return [{ member, type: node.for.event, after: awaits.afterSeq, enough: node.for.where ? null : 1 }]
}

interface Around {
  plan: Plan
  workspace: WorkspaceFacts
  member: MemberFacts
  hops: Scene['enrollment']['hops']
  calls: Scene['enrollment']['calls']
  cancelled: boolean
}

function sceneOf(carried: Carried, { plan, workspace, member, hops, calls, cancelled }: Around): Scene {
  const { id, node, flow, version, rest, seq, entry, mark, test } = carried
  const [arrivedAt, enteredAt] = [carried.arrived_at.getTime(), carried.entered_at.getTime()]
  const written = { rest, mark, arrivedAt, enteredAt, test, version, cancelled, atStart: node === plan.start }
  const { enrollment, ...obeyed } = obeying(workspace.acts[flow], written)
  return {
    plan,
    workspace,
    member,
    now: carried.now.getTime(),
    seq: carried.seen,
    ...obeyed,
    enrollment: {
      id,
      node,
      rest,
      ...enrollment,
      enteredAt,
      seq,
      entry,
      journey: carried.journey ?? {},
      hops,
      calls,
      test,
    },
  }
}
