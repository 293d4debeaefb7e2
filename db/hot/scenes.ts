import type { MemberFacts, WorkspaceFacts } from '../../flow/facts.ts'
import type { Plan } from '../../flow/plan.ts'
import type { Scene } from '../../flow/scene.ts'
import type { Tx } from '../pool.ts'
import { callFacts } from './calls.ts'
import type { Carried } from './claim.ts'
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
    ...wantedFor(plan, workspace),
  }
  const begun = carried.filter((one) => one.node !== plan.start).map((one) => one.id)
  const [members, hops, calls] = await Promise.all([
    memberFacts(tx, wanted),
    hopFacts(tx, begun),
    callFacts(tx, plan.needs.webhooks ? begun : []),
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
          }),
        ]
      : []
  })
}

interface Around {
  plan: Plan
  workspace: WorkspaceFacts
  member: MemberFacts
  hops: Scene['enrollment']['hops']
  calls: Scene['enrollment']['calls']
}

function sceneOf(carried: Carried, { plan, workspace, member, hops, calls }: Around): Scene {
  return {
    plan,
    workspace,
    member,
    now: carried.now.getTime(),
    seq: carried.seen,
    paused: !carried.test && workspace.pausedFlows.includes(carried.flow),
    enrollment: {
      id: carried.id,
      node: carried.node,
      arrivedAt: carried.arrived_at.getTime(),
      rest: carried.rest,
      dueAt: carried.rest?.until ?? null,
      enteredAt: carried.entered_at.getTime(),
      seq: carried.seq,
      entry: carried.entry,
      journey: carried.journey ?? {},
      mark: carried.mark,
      hops,
      calls,
      test: carried.test,
    },
  }
}
