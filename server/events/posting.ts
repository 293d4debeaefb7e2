import { z } from 'zod'
import type { PostedEvent } from '../../db/events.ts'
import { instantSchema } from '../../db/instant.ts'
import { externalIdSchema } from '../../db/member-change.ts'

const DATA_AT_MOST = 50 * 1024

/** What happened, in the words of the domain system. */
export const eventData = z
  .record(z.string(), z.json())
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= DATA_AT_MOST, {
    params: { code: 'too-large' },
    message: 'The data of an event is at most 50 KiB.',
  })

export const eventType = z
  .string()
  .regex(/^[A-Za-z][\w.:-]{0,99}$/, 'A type is a word such as CampaignGameWon.')

export const eventSchema = z
  .strictObject({
    id: z.string().min(1).max(200),
    type: eventType,
    member: externalIdSchema,
    at: instantSchema.optional(),
    data: eventData.optional(),
  })
  .meta({ id: 'Event' })

export function posting(event: z.output<typeof eventSchema>, now: Date): PostedEvent {
  return { ...event, at: event.at ? new Date(event.at) : now, data: event.data ?? {} }
}
