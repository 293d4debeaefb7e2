import { capLookBack } from '../../flow/caps.ts'
import { openedNeeds } from '../../flow/conditions/opened.ts'
import type { WorkspaceFacts } from '../../flow/facts.ts'
import type { Plan } from '../../flow/plan.ts'
import type { Wanted } from './facts.ts'

/** What decisions by a plan read about members. */
export function wantedFor(plan: Plan, workspace: WorkspaceFacts): Omit<Wanted, 'members'> {
  const capped = plan.settings.frequencyCap === 'respect' ? workspace.frequencyCaps : []
  return { needs: openedNeeds(plan.needs, workspace.audiences), capLookBack: capLookBack(capped) }
}
