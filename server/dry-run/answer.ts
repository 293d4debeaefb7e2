import { z } from 'zod'
import { CHANNELS } from '../../flow/channels/channel.ts'
import { problemView } from '../flows/problem-view.ts'

const count = z.int()

const message = z
  .strictObject({
    channel: z.enum(CHANNELS),
    to: z.string(),
    subject: z.string().optional(),
    text: z.string().optional(),
    html: z.string().optional(),
  })
  .describe('Without words once those of the messages before it take up 16 million characters.')

const step = z.strictObject({
  node: z.string(),
  at: z.iso.datetime(),
  outcome: z.string().describe('An exit handle, sent, refused, resting, left or end.'),
  why: z.string(),
  message: message.optional(),
})

/** What would happen: to how many at each step, by which channels, and to some members step by step. */
export const dryRunAnswer = z
  .strictObject({
    population: count,
    nodes: z.record(
      z.string(),
      z.strictObject({ entered: count, left: count, exits: z.record(z.string(), count) }),
    ),
    messages: z.partialRecord(z.enum(CHANNELS), count),
    members: z
      .array(z.strictObject({ member: z.string(), steps: z.array(step) }))
      .describe('As many as `limit` asks for, until their steps take up 16 million characters.'),
    problems: z.array(problemView).describe('What is wrong with the draft; the rest of it was played.'),
  })
  .meta({ id: 'DryRun' })

export type DryRunAnswer = z.input<typeof dryRunAnswer>
export type DryRunMessage = z.input<typeof message>
