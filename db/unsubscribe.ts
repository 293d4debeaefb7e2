import type { Channel } from '../flow/channels/channel.ts'
import { recordConsents } from './consents.ts'
import type { Desk } from './desk.ts'
import { lockMembers } from './hot/claim.ts'
import type { Tx } from './pool.ts'

/** What the unsubscribe link of a message is about. */
export interface Subscription {
  member: number
  channel: Channel
  /** `*`, everything on the channel, when the message was not about a topic. */
  topic: string
  topicName: string
  locale: string | null
  /** Whether it is revoked already, or nobody is left to revoke it. */
  over: boolean
}

export async function readSubscription(tx: Tx, message: number): Promise<Subscription | undefined> {
  const [subscription] = await tx.rows<Subscription>(
    `select w.*, coalesce(t.name, w.topic) "topicName",
       w.erased_at is not null or coalesce(c.state = 'revoked', false) "over"
     from (select m.member, m.channel, p.locale, p.erased_at,
         case when v.plan->'settings'->>'purpose' = 'marketing' then coalesce(m.topic, '*') else '*' end topic
       from message m join member p on p.id = m.member join flow_version v on v.id = m.version where m.id = $1) w
     left join topic t on t.key = w.topic
     left join consent_state c on c.member = w.member and c.topic = w.topic and c.channel = w.channel`,
    [message],
  )
  return subscription
}

/** Revokes what the link is about, once; again is fine. */
export async function unsubscribe(
  tx: Tx,
  desk: Desk,
  of: { message: number; source: string },
): Promise<Subscription | undefined> {
  const found = await readSubscription(tx, of.message)
  if (!found) return undefined
  await lockMembers(tx, [found.member])
  const held = await readSubscription(tx, of.message)
  if (!held || held.over) return held
  const { member, topic, channel } = held
  await recordConsents(tx, desk, [{ member, topic, channel, state: 'revoked', source: of.source }])
  return { ...held, over: true }
}
