import { defineEntity, p } from '@mikro-orm/postgresql'
import type { InferEntity } from '@mikro-orm/postgresql'

export const Workspace = defineEntity({
  name: 'Workspace',
  properties: {
    id: p.integer().primary(),
    key: p.text().unique(),
    name: p.text(),
    createdAt: p.datetime().onCreate(() => new Date()),
  },
})
export type Workspace = InferEntity<typeof Workspace>
