import type { Channel } from '../channels/channel.ts'
import type { ConsentFact } from '../facts.ts'
import type { ReceiptKind } from '../receipt.ts'
import { changeMember, type Play } from './play.ts'

/** What a report says about the member beyond its message; true when it is that they want no more. */
export function heed(play: Play, status: ReceiptKind, channel: Channel): boolean {
  const { member, now } = play.scene
  const reason = SUPPRESSES[status]
  if (reason && !member.suppressions[channel]) {
    changeMember(play, { suppressions: { ...member.suppressions, [channel]: { reason, at: now } } })
  }
  const source = REVOKES[status]
  if (!source) return false
  const stop: ConsentFact = { topic: '*', channel, state: 'revoked', source, at: now }
  const others = member.consents.filter((one) => one.topic !== '*' || one.channel !== channel)
  changeMember(play, { consents: [...others, stop] })
  return true
}

type ByStatus = Partial<Record<ReceiptKind, string>>
const SUPPRESSES: ByStatus = { bounced: 'hard-bounce', complained: 'complaint' }
const REVOKES: ByStatus = { complained: 'complaint', 'opted-out': 'provider' }
