import { z } from 'zod'
import { audienceNodeSchema } from './audience.ts'
import { conditionNodeSchema } from './condition.ts'
import { sendSchema } from './send.ts'
import { splitSchema } from './split.ts'
import { triggerSchema } from './trigger.ts'
import { updateSchema } from './update.ts'
import { waitSchema } from './wait.ts'
import { webhookSchema } from './webhook.ts'

/** A node of a document, by kind. */
export const nodeSchema = z.discriminatedUnion(
  'kind',
  [
    triggerSchema,
    audienceNodeSchema,
    sendSchema,
    waitSchema,
    conditionNodeSchema,
    splitSchema,
    updateSchema,
    webhookSchema,
  ],
  'Choose a kind: trigger, audience, send, wait, condition, split, update, webhook.',
)

export type FlowNode = z.infer<typeof nodeSchema>
