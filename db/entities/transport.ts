import { defineEntity, p } from '@mikro-orm/postgresql'
import type { InferEntity } from '@mikro-orm/postgresql'

/** `secrets` is sealed (db/seal.ts). */
export const Transport = defineEntity({
  name: 'Transport',
  properties: {
    id: p.integer().primary(),
    workspace: p.integer(),
    channel: p.text(),
    kind: p.text(),
    isDefault: p.boolean(),
    settings: p.json<Record<string, unknown>>(),
    secrets: p.blob().nullable(),
    revision: p.integer(),
    lastError: p.text().nullable(),
    lastErrorAt: p.datetime().nullable(),
    createdAt: p.datetime().onCreate(() => new Date()),
    updatedAt: p
      .datetime()
      .onCreate(() => new Date())
      .onUpdate(() => new Date()),
  },
})
export type Transport = InferEntity<typeof Transport>
