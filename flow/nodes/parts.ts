import { z } from 'zod'
import { CHANNELS } from '../channels/channel.ts'
import { conditionSchema } from '../conditions/schema.ts'
import { parsePath } from '../path.ts'

/** A node's id: a short word that no object has by nature (`constructor`), since plans are keyed by it. */
export const idSchema = z
  .string()
  .regex(/^[A-Za-z0-9][\w-]{0,63}$/, 'A step’s id is up to 64 letters, digits, - and _.')
  .refine((id) => !(id in {}), {
    error: 'This word cannot be a step’s id. Choose another.',
    params: { code: 'id' },
  })

/** `handle: node id`, or null for the end. Which handles there must be is the kind's to say. */
const exitsSchema = z.record(idSchema, z.string().max(64).nullable())

/** What every node has. */
export const common = { label: z.string().max(120).optional(), exits: exitsSchema }

/** A name that may still be empty while the flow is drawn. */
export const nameSchema = z.string().max(200)

export const channelSchema = z.enum(CHANNELS)

export const channelsSchema = z
  .array(channelSchema)
  .min(1, 'Name at least one channel, or leave "channels" out for all of the template’s.')
  .refine((channels) => new Set(channels).size === channels.length, {
    error: 'Name each channel once.',
    params: { code: 'twice' },
  })

/** A saved audience by key, or a condition written here. */
export const audienceSchema = z.union([nameSchema, conditionSchema])

export const timeSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write a time of day such as 09:00.')

const scalar = z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()])

export const valueSchema = z.union([
  z.strictObject({
    ref: z
      .string()
      .refine((path) => parsePath(path) !== undefined, 'Write a path such as entry.data.prize.code.'),
  }),
  z.array(scalar).max(1_000),
  scalar,
])
