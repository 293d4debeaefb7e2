import { defineEntity, p } from '@mikro-orm/postgresql'
import type { InferEntity } from '@mikro-orm/postgresql'

/** Immutable. `facts` is what analysis found in `body`, for the gate. */
export const TemplateVersion = defineEntity({
  name: 'TemplateVersion',
  uniques: [{ properties: ['template', 'number'] }],
  properties: {
    id: p.integer().primary(),
    workspace: p.integer(),
    template: p.integer(),
    number: p.integer(),
    body: p.json<unknown>(),
    facts: p.json<unknown>(),
    createdAt: p.datetime().onCreate(() => new Date()),
  },
})
export type TemplateVersion = InferEntity<typeof TemplateVersion>
