import { capLookBack } from '../../flow/caps.ts'
import { openedNeeds } from '../../flow/conditions/opened.ts'
import type { MemberFacts, WorkspaceFacts } from '../../flow/facts.ts'
import type { Plan } from '../../flow/plan.ts'
import type { Scene } from '../../flow/scene.ts'
import type { Tx } from '../pool.ts'
import type { Carried } from './claim.ts'
import { hopFacts, memberFacts } from './facts.ts'

/**
 * What each of these enrollments is decided on. Enrollments of one member share one MemberFacts, so that a hop claimed
 * for the first is seen by the caps of the second.
 */
export async function loadScenes(
  tx: Tx,
  of: { plan: Plan; workspace: WorkspaceFacts; carried: Carried[] },
): Promise<Scene[]> {
  const { plan, workspace, carried } = of
  const capped = plan.settings.frequencyCap === 'respect' ? workspace.frequencyCaps : []
  const wanted = {
    members: [...new Set(carried.map((one) => one.member))],
    needs: openedNeeds(plan.needs, workspace.audiences),
    capLookBack: capLookBack(capped),
  }
  const begun = carried.filter((one) => one.node !== plan.start).map((one) => one.id)
  const [members, hops] = await Promise.all([memberFacts(tx, wanted), hopFacts(tx, begun)])
  return carried.flatMap((one) => {
    const member = members.get(one.member)
    return member ? [sceneOf(one, { plan, workspace, member, hops: hops.get(one.id) ?? [] })] : []
  })
}

interface Around {
  plan: Plan
  workspace: WorkspaceFacts
  member: MemberFacts
  hops: Scene['enrollment']['hops']
}

function sceneOf(carried: Carried, { plan, workspace, member, hops }: Around): Scene {
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
      test: carried.test,
    },
  }
}
