import { draw, drawWeighted } from './draw.ts'

interface Consent {
  topic: string
  channel: Liked
  state: 'granted' | 'revoked'
  source: string
  at: string
}

interface Asked {
  n: number
  /** The channels that can reach them. */
  channels: readonly Liked[]
  joined: number
  now: number
  /** Allows everything. */
  tester: boolean
}

/** How many of a hundred allow a topic when they sign up. */
const TOPICS = { news: 66, offers: 58, prizes: 74 }
type Topic = keyof typeof TOPICS
const NAMES = Object.keys(TOPICS) as Topic[] // the keys of a constant are its names

/** The share of those who also allow it here: fewer want it on their phone. */
const LIKED = { email: 1, whatsapp: 0.7, sms: 0.6 }
type Liked = keyof typeof LIKED

/** What they said to each topic on each channel: most allowed it, some took it back, some were never asked. */
export function demoConsents(asked: Asked): Consent[] {
  const { n, channels, joined, now, tester } = asked
  const topics = channels.flatMap((channel) => NAMES.flatMap((topic) => answers(asked, topic, channel)))
  if (tester || !channels.includes('sms') || draw(n, 'stop') > 0.03) return topics
  const at = new Date(between(joined, now, draw(n, 'stopped'))).toISOString()
  return [...topics, { topic: '*', channel: 'sms', state: 'revoked', source: 'reply STOP', at }]
}

function answers({ n, joined, now, tester }: Asked, topic: Topic, channel: Liked): Consent[] {
  const what = `${topic} ${channel}`
  const allowed = tester || draw(n, what) * 100 < TOPICS[topic] * LIKED[channel]
  if (!allowed) return []
  const at = new Date(joined).toISOString()
  const granted: Consent = { topic, channel, state: 'granted', source: 'sign-up form', at }
  const how = drawWeighted(n, `how ${what}`, channel === 'email' ? BY_EMAIL : BY_PHONE)
  if (tester || how === null) return [granted]
  const then = new Date(between(joined, now, draw(n, `when ${what}`))).toISOString()
  return [granted, { topic, channel, state: 'revoked', source: how, at: then }]
}

/** By what consent was taken back, of a hundred; null: it was not. */
const BY_EMAIL = [
  [null, 92],
  ['unsubscribe link', 5],
  ['preference page', 3],
] as const
const BY_PHONE = [
  [null, 95],
  ['preference page', 5],
] as const

function between(from: number, to: number, share: number): number {
  return Math.round(from + (to - from) * share)
}
