import type { EntityManager } from '@mikro-orm/postgresql'
import type { Condition } from '../flow/conditions/schema.ts'
import { Audience } from './entities/audience.ts'
import { missing } from './fault.ts'

/** Newest first, after the audience with id `before`. */
export async function listAudiences(
  em: EntityManager,
  page: { limit: number; before?: number },
): Promise<Audience[]> {
  const where = page.before === undefined ? {} : { id: { $lt: page.before } }
  return em.find(Audience, where, { orderBy: { id: 'desc' }, limit: page.limit })
}

export async function readAudience(em: EntityManager, key: string): Promise<Audience> {
  const found = await em.findOne(Audience, { key })
  if (!found) throw missing('audience')
  return found
}

/**
 * The conditions of all audiences by key: they refer to each other. Whoever saves one waits here for whoever else does,
 * so that two cannot close a circle between them.
 */
export async function holdConditions(em: EntityManager, workspace: number): Promise<Map<string, Condition>> {
  await em.execute('select from workspace where id = ? for no key update', [workspace])
  const all = await em.find(Audience, {})
  return new Map(all.map((each) => [each.key, each.where as Condition])) // stored by saveAudience alone
}

export async function saveAudience(
  em: EntityManager,
  workspace: number,
  { key, name, where }: { key: string; name: string; where: Condition },
): Promise<Audience> {
  await em.upsert(
    Audience,
    { workspace, key, name, where },
    { onConflictFields: ['workspace', 'key'], onConflictMergeFields: ['name', 'where', 'updatedAt'] },
  )
  return readAudience(em, key)
}
