import { z } from 'zod'
import { CHANNELS } from '../../flow/channels/channel.ts'

const channel = z.enum(CHANNELS)
const journey = { enrollment: z.string(), flow: z.string(), version: z.int().nullable(), test: z.boolean() }
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

export type TimelineItem = z.input<typeof timelineItem>
