import type { Channel } from './channels/channel.ts'
import type { FrequencyCap, MemberFacts } from './facts.ts'
import { instantOf, localClock, startOfDay, weekday } from './zone.ts'

const DAY = 86_400_000
const ROLLING = { day: DAY, week: 7 * DAY, month: 30 * DAY } as const

export interface CapQuestion {
  channel: Channel
  topic: string | null
  now: number
  zone: string
}

/** A cap that is full, how many sends filled it, and when there is room again. */
export interface FullCap {
  cap: FrequencyCap
  count: number
  until: number
}

/** The full cap that keeps a send waiting longest, or null when every cap that applies has room. */
export function fullCap(
  caps: FrequencyCap[],
  sends: MemberFacts['sends'],
  question: CapQuestion,
): FullCap | null {
  let longest: FullCap | null = null
  for (const cap of caps) {
    if (!applies(cap, question)) continue
    const counted = sends.filter((send) => applies(cap, send)).map((send) => send.at)
    const full =
      cap.window === 'calendar' ? calendar(cap, counted, question) : rolling(cap, counted, question.now)
    if (full && (!longest || full.until > longest.until)) longest = full
  }
  return longest
}

/** How far back sends must be known for these caps to be exact, in ms. A calendar month has up to 31 days, plus DST. */
export function capLookBack(caps: FrequencyCap[]): number {
  const lengths = caps.map((cap) =>
    cap.window === 'rolling' ? ROLLING[cap.per] : ROLLING[cap.per] + 2 * DAY,
  )
  return Math.max(0, ...lengths)
}

function applies(cap: FrequencyCap, send: { channel: Channel; topic: string | null }): boolean {
  return (!cap.channel || cap.channel === send.channel) && (!cap.topic || cap.topic === send.topic)
}

function calendar(cap: FrequencyCap, counted: number[], { now, zone }: CapQuestion): FullCap | null {
  const { begins, ends } = period(cap.per, localClock(now, zone))
  const since = instantOf(begins, zone)
  const count = counted.filter((at) => at >= since).length
  return count >= cap.max ? { cap, count, until: instantOf(ends, zone) } : null
}

function rolling(cap: FrequencyCap, counted: number[], now: number): FullCap | null {
  const length = ROLLING[cap.per]
  const inside = counted.filter((at) => at > now - length).toSorted((a, b) => b - a)
  if (inside.length < cap.max) return null
  const leaves = inside[cap.max - 1] ?? now
  return { cap, count: inside.length, until: leaves + length }
}

/** The calendar period of a wall clock, as wall clocks: days from midnight, weeks from Monday, months from the 1st. */
function period(per: FrequencyCap['per'], clock: number): { begins: number; ends: number } {
  const day = startOfDay(clock)
  if (per === 'day') return { begins: day, ends: day + DAY }
  if (per === 'week') {
    const monday = day - (weekday(day) - 1) * DAY
    return { begins: monday, ends: monday + 7 * DAY }
  }
  const date = new Date(day)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  return { begins: Date.UTC(year, month, 1), ends: Date.UTC(year, month + 1, 1) }
}
