import { draw, drawWeighted } from './draw.ts'

type Consent = { topic: string; channel: string; state: string; source: string; at: string }

interface Asked {
  n: number
  /** The channels that can reach them. */
  channels: readonly string[]
  joined: number
  now: number
  /** Allows everything. */
  tester: boolean
}

/** How many of a hundred allow a topic when they sign up. */
const ALLOW: Record<string, number> = { news: 66, offers: 58, prizes: 74 }
/** Fewer want to be called on their phone. */
const LIKED: Record<string, number> = { email: 1, whatsapp: 0.7, sms: 0.6 }

/** What they said to each topic on each channel: most allowed it, some took it back, some were never asked. */
export function demoConsents(asked: Asked): Consent[] {
  const { n, channels, joined, now, tester } = asked
  const topics = channels.flatMap((channel) =>
    Object.keys(ALLOW).flatMap((topic) => answers(asked, topic, channel)),
  )
  if (tester || !channels.includes('sms') || draw(n, 'stop') > 0.03) return topics
  const at = new Date(between(joined, now, draw(n, 'stopped'))).toISOString()
  return [...topics, { topic: '*', channel: 'sms', state: 'revoked', source: 'reply STOP', at }]
}

function answers({ n, joined, now, tester }: Asked, topic: string, channel: string): Consent[] {
  const what = `${topic} ${channel}`
  const allowed = tester || draw(n, what) * 100 < (ALLOW[topic] ?? 0) * (LIKED[channel] ?? 0)
  if (!allowed) return []
  const at = new Date(joined).toISOString()
  const granted = { topic, channel, state: 'granted', source: 'sign-up form', at }
  const how = drawWeighted(n, `how ${what}`, HOW)
  if (tester || how === null) return [granted]
  const then = new Date(between(joined, now, draw(n, `when ${what}`))).toISOString()
  return [granted, { topic, channel, state: 'revoked', source: how, at: then }]
}

/** By what consent was taken back; null: it was not. */
const HOW = [
  [null, 92],
  ['unsubscribe link', 5],
  ['preference page', 3],
] as const

function between(from: number, to: number, share: number): number {
  return Math.round(from + (to - from) * share)
}
