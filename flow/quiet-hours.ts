import type { Channel } from './channels/channel.ts'
import type { QuietHours } from './facts.ts'
import { instantOf, localClock, startOfDay, weekday } from './zone.ts'

const DAY = 86_400_000
const MINUTE = 60_000

/**
 * When the quiet hours that hold now end, or null when none hold. A window that crosses midnight belongs to the day
 * it begins on: weekdays [5] with 21:00–08:00 is Friday night until Saturday morning.
 */
export function quietUntil(
  rule: QuietHours,
  at: { now: number; zone: string; channel: Channel },
): number | null {
  if (rule.channels && !rule.channels.includes(at.channel)) return null
  const today = startOfDay(localClock(at.now, at.zone))
  for (const day of [today - DAY, today]) {
    if (rule.weekdays && !rule.weekdays.includes(weekday(day))) continue
    const from = day + minutes(rule.from) * MINUTE
    const length = (minutes(rule.to) - minutes(rule.from) + 1440) % 1440 || 1440
    const begins = instantOf(from, at.zone)
    const ends = instantOf(from + length * MINUTE, at.zone)
    if (begins <= at.now && at.now < ends) return ends
  }
  return null
}

/** '08:30' is 510. */
function minutes(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  return hour * 60 + minute
}
