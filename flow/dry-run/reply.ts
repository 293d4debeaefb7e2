import { REACHED, type Channel, type Reached } from '../channels/channel.ts'
import type { ReceiptKind } from '../receipt.ts'

/** What a member, or a provider, is taken to answer at an instant of the simulated clock. */
export type Reply = { at: number } & ({ event: ReplyEvent } | { receipt: ReplyReceipt })

interface ReplyEvent {
  type: string
  data: Record<string, unknown>
}

/** About the message that the send `node` makes on `channel`; one that comes too early waits for it. */
interface ReplyReceipt {
  node: string
  channel: Channel
  status: ReceiptKind
}

export type ReceiptReply = Extract<Reply, { receipt: unknown }>

export function isAbout(reply: Reply, node: string, channel: Channel): reply is ReceiptReply {
  return 'receipt' in reply && reply.receipt.node === node && reply.receipt.channel === channel
}

/**
 * A send is taken to reach what its clock waits for, unless it is said when it does, that it fails, or how far it gets
 * short of that. A click tomorrow says nothing about being delivered today.
 */
export function saysOtherwise({ receipt: { status } }: ReceiptReply, until: Reached): boolean {
  if (status === 'failed' || status === 'bounced') return true
  const reached = REACHED.findIndex((one) => one === status)
  return reached >= 0 && reached <= REACHED.indexOf(until)
}
