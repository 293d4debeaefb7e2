import { defineEntity, p } from '@mikro-orm/postgresql'
import type { InferEntity } from '@mikro-orm/postgresql'

/** The key itself is not kept: its SHA-256 is the id in `public_id` that leads here. */
export const ApiKey = defineEntity({
  name: 'ApiKey',
  properties: {
    id: p.integer().primary(),
    workspace: p.integer(),
    name: p.text(),
    prefix: p.text(),
    scopes: p.array().columnType('text[]'),
    createdAt: p.datetime().onCreate(() => new Date()),
    lastUsedAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
  },
})
export type ApiKey = InferEntity<typeof ApiKey>
