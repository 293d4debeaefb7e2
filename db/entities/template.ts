import { defineEntity, p } from '@mikro-orm/postgresql'
import type { InferEntity } from '@mikro-orm/postgresql'

/** The head of a template; `version` is the number of its newest TemplateVersion. */
export const Template = defineEntity({
  name: 'Template',
  uniques: [{ properties: ['workspace', 'key'] }],
  properties: {
    id: p.integer().primary(),
    workspace: p.integer(),
    key: p.text(),
    name: p.text(),
    version: p.integer(),
    active: p.boolean(),
    createdAt: p.datetime().onCreate(() => new Date()),
    updatedAt: p
      .datetime()
      .onCreate(() => new Date())
      .onUpdate(() => new Date()),
  },
})
export type Template = InferEntity<typeof Template>
