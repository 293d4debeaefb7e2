import { changeMember, type Play } from './play.ts'

/** What caps count: the member's past sends and those of this journey that did not fail. */
export function countSends(play: Play): void {
  const { plan, workspace } = play.scene
  const { purpose, topic } = plan.settings
  if (purpose !== 'marketing' || workspace.frequencyCaps.length === 0) return
  const own = play.hops.filter(({ status }) => status !== 'failed')
  const sends = own.map(({ channel, sentAt }) => ({ at: sentAt ?? play.scene.now, channel, topic }))
  changeMember(play, { sends: [...play.pastSends, ...sends] })
}
