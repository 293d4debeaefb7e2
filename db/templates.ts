import { LockMode } from '@mikro-orm/postgresql'
import type { EntityManager } from '@mikro-orm/postgresql'
import type { TemplateDocument } from '../flow/template.ts'
import { TemplateVersion } from './entities/template-version.ts'
import { Template } from './entities/template.ts'
import { missing } from './fault.ts'

/** A template with the document of its newest version. */
export interface NewestTemplate {
  head: Template
  body: TemplateDocument
}

/** Newest first, after the template with id `before`. */
export async function listTemplates(
  em: EntityManager,
  page: { limit: number; before?: number },
): Promise<NewestTemplate[]> {
  const where = page.before === undefined ? {} : { id: { $lt: page.before } }
  const heads = await em.find(Template, where, { orderBy: { id: 'desc' }, limit: page.limit })
  const newest = heads.map(({ id, version }) => ({ template: id, number: version }))
  const versions = newest.length > 0 ? await em.find(TemplateVersion, { $or: newest }) : []
  const bodies = new Map(versions.map((each) => [each.template, bodyOf(each)]))
  return heads.flatMap((head) => {
    const body = bodies.get(head.id)
    return body ? [{ head, body }] : []
  })
}

export async function readTemplate(em: EntityManager, key: string): Promise<NewestTemplate> {
  const head = await em.findOne(Template, { key })
  if (!head) throw missing('template')
  const version = await em.findOneOrFail(TemplateVersion, { template: head.id, number: head.version })
  return { head, body: bodyOf(version) }
}

export interface NewTemplate {
  key: string
  body: TemplateDocument
  /** What analysis found in `body`. */
  facts: object
}

/** Adds a version; sends that begin from now on use it. Answers its number. */
export async function saveTemplate(
  em: EntityManager,
  workspace: number,
  { key, body, facts }: NewTemplate,
): Promise<number> {
  const { name, active } = body
  const found = await em.findOne(Template, { key }, { lockMode: LockMode.PESSIMISTIC_WRITE })
  const head = found ?? em.create(Template, { workspace, key, name, active, version: 0 })
  em.assign(head, { name, active, version: head.version + 1 })
  await em.flush()
  em.create(TemplateVersion, { workspace, template: head.id, number: head.version, body, facts })
  await em.flush()
  return head.version
}

/** A version holds what the route parsed, and never changes. */
const bodyOf = (version: TemplateVersion): TemplateDocument => version.body as TemplateDocument
