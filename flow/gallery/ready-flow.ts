import { z } from 'zod'
import { conditionSchema } from '../conditions/schema.ts'
import { flowDocumentSchema } from '../document.ts'
import { keySchema } from '../key.ts'
import { templateSchema } from '../template.ts'

/** A flow to start from, with all it needs to run: what it sends, and whom it speaks of. */
export const readyFlowSchema = z
  .strictObject({
    key: keySchema,
    name: z.string(),
    description: z.string(),
    flow: flowDocumentSchema,
    data: z
      .record(z.string(), z.json())
      .meta({ description: 'An example of the entry event’s data, for previews and dry runs.' }),
    templates: z.record(keySchema, templateSchema),
    audiences: z.record(keySchema, z.strictObject({ name: z.string(), where: conditionSchema })),
  })
  .meta({ id: 'ReadyFlow' })

export type ReadyFlow = z.infer<typeof readyFlowSchema>
