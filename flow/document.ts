import { z } from 'zod'
import { conditionSchema } from './conditions/schema.ts'
import { durationSchema } from './duration-schema.ts'
import { keySchema } from './key.ts'
import { idSchema } from './nodes/parts.ts'
import { nodeSchema } from './nodes/schema.ts'
import { LATEST, upgrade } from './schema-version.ts'
import { isZone } from './zone.ts'

const reentry = z.discriminatedUnion('policy', [
  z.strictObject({ policy: z.literal('every'), concurrent: z.boolean().optional() }),
  z.strictObject({ policy: z.literal('once') }),
  z.strictObject({ policy: z.literal('after'), gap: durationSchema }),
])

const settings = z.strictObject({
  purpose: z.enum(['marketing', 'transactional']),
  topic: keySchema.nullish(),
  reentry: reentry.optional(),
  exitWhen: conditionSchema.nullish(),
  quietHours: z.enum(['respect', 'ignore']).optional(),
  frequencyCap: z.enum(['respect', 'ignore']).optional(),
  timeZone: z
    .string()
    .max(64)
    .refine(isZone, { error: 'Write an IANA zone such as Europe/Madrid.', params: { code: 'zone' } })
    .nullish(),
})

const note = z.strictObject({
  id: z.string().min(1).max(64),
  node: z.string().max(64).nullish(),
  text: z.string().max(5_000),
  author: z.string().max(200),
  at: z.iso.datetime({ offset: true }),
  resolved: z.boolean(),
})

const latest = z.strictObject({
  schema: z.literal(LATEST),
  name: z.string().min(1, 'Give the flow a name.').max(200),
  description: z.string().max(2_000).optional(),
  settings,
  start: z.string().max(64),
  nodes: z.record(idSchema, nodeSchema),
  notes: z.array(note).max(1_000).optional(),
})

/** A drawing of the right shape, whatever is wrong in it otherwise (`validate`). Older versions are brought up to date. */
export const flowDocumentSchema = z.preprocess(upgrade, latest).meta({ id: 'FlowDocument' })

export type FlowDocument = z.infer<typeof flowDocumentSchema>
