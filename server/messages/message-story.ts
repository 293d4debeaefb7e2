import { z } from 'zod'
import { stepsOf, type StepRow } from '../../db/enrollments.ts'
import { hopsOf, receiptsOf, type MessageRow, type ReceiptRow } from '../../db/messages.ts'
import type { Tx } from '../../db/pool.ts'
import { CHANNELS } from '../../flow/channels/channel.ts'
import type { Reader } from '../../flow/reader.ts'
import { say } from '../../flow/words.ts'
import { contentsOf } from './message-content.ts'
import { messageView, presentMessage } from './message-view.ts'
import type { TrackingFor } from './tracking-for.ts'

export const contentView = z
  .strictObject({
    subject: z.string(),
    html: z.string(),
    text: z.string(),
    title: z.string(),
    body: z.string(),
    url: z.string(),
    template: z.string(),
    language: z.string(),
    params: z.array(z.string()),
    say: z.string(),
  })
  .partial()
  .meta({ id: 'MessageContent' })

const stepView = z.strictObject({
  at: z.iso.datetime(),
  outcome: z.string(),
  why: z.string(),
  candidates: z.array(z.strictObject({ channel: z.enum(CHANNELS), refused: z.string().nullable() })),
})

/** A message with all that led to it and came of it. */
export const messageStory = messageView
  .extend({
    content: contentView.nullable().describe('As sent; null before it was rendered and after erasure.'),
    trace: z.strictObject({
      steps: z.array(stepView).describe('What this send decided, with every channel it considered.'),
      hops: z
        .array(messageView)
        .describe('The attempts on one channel after the other, this message among them.'),
    }),
    attempts: z.array(
      z.strictObject({ at: z.iso.datetime(), outcome: z.string(), response: z.string().nullable() }),
    ),
    receipts: z.array(
      z.strictObject({
        kind: z.string(),
        at: z.iso.datetime(),
        receivedAt: z.iso.datetime(),
        data: z.record(z.string(), z.unknown()).nullable(),
      }),
    ),
  })
  .meta({ id: 'MessageStory' })

export async function tellMessage(
  tx: Tx,
  row: MessageRow,
  { reader, trackingFor }: { reader: Reader; trackingFor: TrackingFor },
): Promise<z.input<typeof messageStory>> {
  const steps = (await stepsOf(tx, [row.enrollment])).filter((step) => step.node === row.node)
  const hops = await hopsOf(tx, row)
  const contents = await contentsOf(tx, [row], trackingFor)
  const receipts = await receiptsOf(tx, row.id)
  return {
    ...presentMessage(row, reader),
    content: contents.get(row.id) ?? null,
    trace: {
      steps: steps.map((step) => presentStep(step, reader)),
      hops: hops.map((hop) => presentMessage(hop, reader)),
    },
    attempts: attemptsOf(row),
    receipts: receipts.map(presentReceipt),
  }
}

function presentStep(
  { at, outcome, code, args, candidates }: StepRow,
  reader: Reader,
): z.input<typeof stepView> {
  const considered = candidates ?? []
  return {
    at: at.toISOString(),
    outcome,
    why: say({ code, ...(args && { args }) }, reader),
    candidates: considered.map(({ channel, refused }) => ({
      channel,
      refused: refused && say(refused, reader),
    })),
  }
}

/** Hand-overs that were taken back, and the one that stands. */
function attemptsOf(row: MessageRow) {
  const before = (row.attempts ?? []).map(({ at, outcome, response }) => ({
    at: new Date(at).toISOString(),
    outcome,
    response: response ?? null,
  }))
  if (!row.granted_at || row.status === 'pending') return before
  return [...before, { at: row.granted_at.toISOString(), outcome: outcomeOf(row), response: row.response }]
}

function outcomeOf({ status, sent_at }: MessageRow): string {
  if (sent_at) return 'accepted'
  if (status === 'failed') return 'rejected'
  return status === 'sending' ? 'under way' : 'unknown'
}

function presentReceipt({ kind, at, received_at, data }: ReceiptRow) {
  return { kind, at: at.toISOString(), receivedAt: received_at.toISOString(), data }
}
