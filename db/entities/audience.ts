import { defineEntity, p } from '@mikro-orm/postgresql'
import type { InferEntity } from '@mikro-orm/postgresql'

export const Audience = defineEntity({
  name: 'Audience',
  uniques: [{ properties: ['workspace', 'key'] }],
  properties: {
    id: p.integer().primary(),
    workspace: p.integer(),
    key: p.text(),
    name: p.text(),
    where: p.json<unknown>(),
    createdAt: p.datetime().onCreate(() => new Date()),
    updatedAt: p
      .datetime()
      .onCreate(() => new Date())
      .onUpdate(() => new Date()),
  },
})
export type Audience = InferEntity<typeof Audience>
