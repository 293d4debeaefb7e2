import type { Reached } from '../channels/channel.ts'
import type { Hop } from '../decision.ts'
import { advance, type ReceiptKind, type Report } from '../receipt.ts'
import type { Reason } from '../reason.ts'
import { countSends } from './count-sends.ts'
import { heed } from './heed.ts'
import { changeEnrollment, type Play, type SimulatedHop } from './play.ts'
import { isAbout, saysOtherwise, type ReceiptReply } from './reply.ts'

/** Hands hops over in play: each is accepted and reaches its `until` at once, unless a reply says otherwise. */
export function handOver(play: Play, hops: Hop[]): void {
  play.hops = [...play.hops, ...hops.map((hop) => handedOver(play, hop))]
  changeEnrollment(play, { hops: play.hops })
  countSends(play)
}

function handedOver(play: Play, hop: Hop): SimulatedHop {
  const { enrollment, now } = play.scene
  const about = play.replies.filter((reply) => isAbout(reply, enrollment.node, hop.channel))
  const early = about.filter(({ at }) => at <= now)
  const fault = play.fill(hop, play.scene)
  // Nobody reports about a message that was never made.
  for (const reply of fault ? about : early) play.heard.add(reply)
  if (fault) return outcome(play, hop, fault)
  play.sent.push(hop.channel)
  const refused = early.some(({ receipt }) => receipt.status === 'failed')
  let row = outcome(play, hop, refused ? failureOf('failed', hop.channel) : null)
  for (const reply of early) {
    row = report(row, { reply, at: now })
    heed(play, reply.receipt.status, hop.channel)
  }
  return reach(play, row, about)
}

/** A failure that is told by now keeps the provider from taking the message; a bounce comes back from where it went. */
function outcome({ scene }: Play, { hop, channel }: Hop, failure: Reason | null): SimulatedHop {
  const { now, enrollment } = scene
  const nothing = { deliveredAt: null, readAt: null, openedAt: null, clickedAt: null, retryAt: null }
  const row = { node: enrollment.node, hop, channel, reason: failure, ...nothing }
  if (failure) return { ...row, status: 'failed', sentAt: null, failedAt: now }
  return { ...row, status: 'sent', sentAt: now, failedAt: null }
}

function reach(play: Play, row: SimulatedHop, about: ReceiptReply[]): SimulatedHop {
  const until = untilOf(play, row)
  if (until === null || row.status === 'failed') return row
  if (about.some((reply) => saysOtherwise(reply, until))) return row
  return { ...row, ...advance(row, { kind: until, at: play.scene.now, reason: null }) }
}

function untilOf({ scene: { plan } }: Play, { node, channel }: SimulatedHop): Reached | null {
  const send = plan.nodes[node]
  return send?.kind === 'send' ? (send.route.hops[channel]?.until ?? null) : null
}

/** A row after a report about it. */
export function report(row: SimulatedHop, { reply, at }: { reply: ReceiptReply; at: number }): SimulatedHop {
  const { status: kind } = reply.receipt
  const told: Report = { kind, at, reason: failureOf(kind, row.channel) }
  return { ...row, ...advance(row, told) }
}

function failureOf(kind: ReceiptKind, channel: string): Reason | null {
  if (kind === 'bounced') return { code: 'bounced', args: { channel, hard: true } }
  return kind === 'failed' ? { code: 'not-delivered', args: { channel } } : null
}
