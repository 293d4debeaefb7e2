import { z } from 'zod'
import { instantSchema } from '../../db/instant.ts'
import { externalIdSchema } from '../../db/member-change.ts'
import { CHANNELS } from '../../flow/channels/channel.ts'
import { conditionSchema } from '../../flow/conditions/schema.ts'
import { durationSchema } from '../../flow/duration-schema.ts'
import { keySchema } from '../../flow/key.ts'
import { RECEIPT_KINDS } from '../../flow/receipt.ts'
import { eventData, eventType } from '../events/posting.ts'

const reply = z
  .strictObject({
    member: externalIdSchema,
    event: z.strictObject({ type: eventType, data: eventData.default({}) }).optional(),
    receipt: z
      .strictObject({
        node: z.string().min(1).max(64).describe('The send whose message it is about.'),
        channel: z.enum(CHANNELS),
        status: z.enum(RECEIPT_KINDS),
      })
      .optional(),
    after: durationSchema.describe('Counts from the entry.'),
  })
  .refine(({ event, receipt }) => (event === undefined) !== (receipt === undefined), {
    error: 'Give either an event or a receipt.',
    params: { code: 'one-of' },
  })

/** What a dry run is asked: for whom, on which event, when, and what they answer. */
export const dryRunAsked = z
  .strictObject({
    members: z.array(externalIdSchema).min(1).max(1_000).optional().describe('External ids.'),
    audience: z
      .union([keySchema, conditionSchema])
      .optional()
      .describe('Its key or a condition; everyone when neither this nor members are given.'),
    event: z
      .strictObject({ data: eventData })
      .optional()
      .describe(
        'What begins the flow for each of them; without it one that the trigger asks for is taken to have come.',
      ),
    at: instantSchema
      .optional()
      .describe(
        'The simulated instant of the entry. Left out: now, or when a schedule or a date next brings people in.',
      ),
    limit: z.int().min(1).max(500).default(50).describe('How many members are listed with their steps.'),
    replies: z.array(reply).max(1_000).default([]),
  })
  .refine(({ members, audience }) => members === undefined || audience === undefined, {
    path: ['audience'],
    error: 'Name members or an audience, not both.',
    params: { code: 'members-or-audience' },
  })
  .meta({ id: 'DryRunRequest' })

export type DryRunAsked = z.output<typeof dryRunAsked>
