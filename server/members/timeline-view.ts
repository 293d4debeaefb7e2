import { z } from 'zod'
import { encodeId } from '../../db/ids.ts'
import type { TimelineRow } from '../../db/timeline.ts'
import { CHANNELS } from '../../flow/channels/channel.ts'
import type { Reason } from '../../flow/reason.ts'
import { CHANNEL_WORD, say, type Reader } from '../../flow/words.ts'

const channel = z.enum(CHANNELS)
const journey = { enrollment: z.string(), flow: z.string(), version: z.int(), test: z.boolean() }
const happened = { at: z.iso.datetime(), text: z.string().describe('The same in one sentence.') }

/** One thing that happened to a member. */
export const timelineItem = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('event'),
      ...happened,
      id: z.string(),
      type: z.string(),
      data: z.record(z.string(), z.unknown()),
    }),
    z.strictObject({
      kind: z.literal('enrollment'),
      ...happened,
      ...journey,
      state: z.enum(['entered', 'ended']),
      reason: z.string(),
    }),
    z.strictObject({
      kind: z.literal('step'),
      ...happened,
      ...journey,
      node: z.string(),
      outcome: z.string(),
      why: z.string(),
      candidates: z.array(z.strictObject({ channel, refused: z.string().nullable() })).optional(),
    }),
    z.strictObject({
      kind: z.literal('message'),
      ...happened,
      ...journey,
      message: z.string(),
      node: z.string(),
      hop: z.int(),
      channel,
      status: z.string(),
      reason: z.string().nullable(),
      template: z.string().nullable(),
      to: z.string().nullable(),
      subject: z.string().nullable(),
    }),
    z.strictObject({
      kind: z.literal('receipt'),
      ...happened,
      message: z.string(),
      channel,
      receipt: z.string(),
      data: z.record(z.string(), z.unknown()).nullable(),
    }),
    z.strictObject({
      kind: z.literal('consent'),
      ...happened,
      topic: z.string(),
      channel,
      state: z.string(),
      source: z.string(),
      wording: z.string().nullable(),
    }),
    z.strictObject({
      kind: z.literal('preference'),
      ...happened,
      before: z.array(channel),
      after: z.array(channel),
      source: z.string(),
    }),
  ])
  .meta({ id: 'TimelineItem' })

type Item = z.input<typeof timelineItem>

export function presentTimelineRow(row: TimelineRow, reader: Reader): Item {
  const at = new Date(row.at).toISOString()
  switch (row.kind) {
    case 'event':
      return { kind: 'event', at, text: `${row.data.type} happened.`, ...row.data }
    case 'entered':
    case 'ended': {
      const { enrollment, flow, version, test } = row.data
      const reason = say(row.data.reason ?? { code: row.kind === 'entered' ? 'entered' : 'end' }, reader)
      return {
        kind: 'enrollment',
        at,
        text: reason,
        ...edge({ enrollment, flow, version, test }),
        state: row.kind,
        reason,
      }
    }
    case 'step': {
      const { why, candidates, node, outcome } = row.data
      const text = say(why, reader)
      const considered = candidates?.map((one) => ({
        channel: one.channel,
        refused: sayOr(one.refused, reader),
      }))
      return {
        kind: 'step',
        at,
        text,
        ...edge(row.data),
        node,
        outcome,
        why: text,
        ...(considered && { candidates: considered }),
      }
    }
    case 'message':
      return presentMessageLine(at, row.data, reader)
    case 'receipt': {
      const { message, receipt, data } = row.data
      const text = `${capital(receipt)} (${CHANNEL_WORD[row.data.channel]}).`
      return {
        kind: 'receipt',
        at,
        text,
        message: encodeId('message', message),
        channel: row.data.channel,
        receipt,
        data,
      }
    }
    case 'consent':
      return { kind: 'consent', at, text: consentText(row.data), ...row.data }
    case 'preference':
      return {
        kind: 'preference',
        at,
        text: `Prefers ${row.data.after.map(wordOf).join(', ') || 'no channel in particular'}.`,
        ...row.data,
      }
  }
}

type MessageData = Extract<TimelineRow, { kind: 'message' }>['data']

function presentMessageLine(at: string, data: MessageData, reader: Reader): Item {
  const { message, node, hop, channel: by, status, template, to, subject } = data
  const reason = sayOr(data.reason, reader)
  const text = reason ?? `Message by ${CHANNEL_WORD[by]}: ${status}.`
  const line = { node, hop, channel: by, status, reason, template, to, subject }
  return { kind: 'message', at, text, ...edge(data), message: encodeId('message', message), ...line }
}

function edge({
  enrollment,
  flow,
  version,
  test,
}: {
  enrollment: number
  flow: number
  version: number
  test: boolean
}) {
  return { enrollment: encodeId('enrollment', enrollment), flow: encodeId('flow', flow), version, test }
}

function consentText({
  topic,
  channel: by,
  state,
  source,
}: {
  topic: string
  channel: keyof typeof CHANNEL_WORD
  state: string
  source: string
}) {
  const what = topic === '*' ? 'everything' : `*${topic}*`
  return `${capital(state)} ${what} by ${CHANNEL_WORD[by]} (${source}).`
}

const sayOr = (reason: Reason | null, reader: Reader): string | null => reason && say(reason, reader)
const wordOf = (by: keyof typeof CHANNEL_WORD): string => CHANNEL_WORD[by]
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
