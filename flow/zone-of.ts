import type { Scene } from './scene.ts'

/** The clock that a member lives by: their own, else the flow's, else the workspace's. */
export function zoneOf({ member, plan, workspace }: Pick<Scene, 'member' | 'plan' | 'workspace'>): string {
  return member.timeZone ?? plan.settings.timeZone ?? workspace.timeZone
}
