import { REACHED, type Reached } from './channels/channel.ts'
import type { HopFact } from './facts.ts'

/** Whether a hop got at least so far: a click tells of reading, reading of delivery. A bounce does not undo `sent`. */
export function hasReached(hop: HopFact, status: Reached): boolean {
  const furthest = [hop.sentAt, hop.deliveredAt, hop.readAt, hop.clickedAt].findLastIndex((at) => at !== null)
  const byStatus = REACHED.findIndex((one) => one === hop.status)
  return Math.max(furthest, byStatus) >= REACHED.indexOf(status)
}
