import { defineEntity, p } from '@mikro-orm/postgresql'
import type { InferEntity } from '@mikro-orm/postgresql'

export const Audit = defineEntity({
  name: 'Audit',
  properties: {
    id: p.bigint('number').primary(),
    workspace: p.integer(),
    at: p.datetime().onCreate(() => new Date()),
    actor: p.text(),
    action: p.text(),
    subject: p.text(),
    before: p.json<unknown>().nullable(),
    after: p.json<unknown>().nullable(),
  },
})
export type Audit = InferEntity<typeof Audit>
