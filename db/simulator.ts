import { randomUUID } from 'node:crypto'
import { CHANNEL_SPECS } from '../flow/channels/registry.ts'
import type { ReceiptKind } from '../flow/receipt.ts'
import { conflict, missing } from './fault.ts'
import { findMessage, type MessageRow } from './messages.ts'
import type { Tx } from './pool.ts'
import type { Receipt } from './receipts.ts'

/** What can be done with a simulated message. */
export type SimulatedAct = 'deliver' | 'open' | 'click' | 'reply' | 'bounce' | 'fail' | 'complain'

/** The receipt that a provider would report if this happened to the message. */
export async function simulatedReceipt(
  tx: Tx,
  of: { message: number; act: SimulatedAct; text?: string | undefined },
): Promise<Receipt> {
  const row = await findMessage(tx, of.message)
  if (row?.transport !== 'simulator') throw missing('simulated message')
  if (!handedOver(row))
    throw conflict(
      'not-handed-over',
      'This message has not been handed over yet, so nothing can happen to it.',
    )
  return {
    key: `simulator:${row.id}:${of.act}:${randomUUID()}`,
    message: row.id,
    transport: null,
    providerId: null,
    kind: kindOf(of.act, row),
    at: new Date(),
    data: of.act === 'reply' ? { text: of.text ?? '' } : of.act === 'bounce' ? { hard: true } : null,
  }
}

/** A refused message never reached anybody; one that bounced after it was sent did leave. */
function handedOver({ status, sent_at }: MessageRow): boolean {
  return status === 'failed' ? sent_at !== null : status !== 'pending'
}

function kindOf(act: SimulatedAct, { channel }: MessageRow): ReceiptKind {
  // Where a channel tells that a message was read, looking at it is that; mail programs only fetch a pixel.
  const seen = (CHANNEL_SPECS[channel].reports as readonly string[]).includes('read') ? 'read' : 'opened'
  return KINDS[act] ?? seen
}

const KINDS: Record<SimulatedAct, ReceiptKind | null> = {
  deliver: 'delivered',
  open: null,
  click: 'clicked',
  reply: 'replied',
  bounce: 'bounced',
  fail: 'failed',
  complain: 'complained',
}
