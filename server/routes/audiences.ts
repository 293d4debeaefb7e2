import { z } from 'zod'
import { audienceConditions, listAudiences, readAudience, saveAudience } from '../../db/audiences.ts'
import type { Audience } from '../../db/entities/audience.ts'
import { invalid } from '../../db/fault.ts'
import { inWorkspace } from '../../db/orm.ts'
import { audienceIssues } from '../../flow/conditions/audience.ts'
import { conditionSchema } from '../../flow/conditions/schema.ts'
import type { Condition } from '../../flow/conditions/schema.ts'
import { keySchema } from '../../flow/key.ts'
import { listOf, pageOf, pagingQuery } from '../http/paging.ts'
import { route } from '../http/route.ts'

const audienceView = z
  .strictObject({
    key: z.string(),
    name: z.string(),
    where: conditionSchema,
    count: z.int().nullable().meta({ description: 'Members in it now; null while it is not counted.' }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Audience' })

const params = z.strictObject({ key: keySchema })

export const audienceRoutes = [
  route({
    method: 'get',
    path: '/v1/audiences',
    summary: 'List audiences',
    permission: 'audiences:read',
    query: z.strictObject(pagingQuery(z.int().positive())),
    responses: { 200: listOf(audienceView) },
    async handle({ query: { cursor, limit } }, { orm, workspace }) {
      const page = { limit: limit + 1, ...(cursor && { before: cursor }) }
      const rows = await inWorkspace(orm, workspace, (em) => listAudiences(em, page))
      const { items, next } = pageOf(rows, limit, (row) => row.id)
      return { status: 200, body: { items: items.map(presentAudience), next } }
    },
  }),
  route({
    method: 'get',
    path: '/v1/audiences/:key',
    summary: 'Read an audience',
    permission: 'audiences:read',
    params,
    responses: { 200: audienceView },
    async handle({ params: { key } }, { orm, workspace }) {
      return {
        status: 200,
        body: presentAudience(await inWorkspace(orm, workspace, (em) => readAudience(em, key))),
      }
    },
  }),
  route({
    method: 'put',
    path: '/v1/audiences/:key',
    summary: 'Save an audience: a condition that is always evaluated afresh',
    permission: 'audiences:write',
    params,
    body: z.strictObject({ name: z.string().trim().min(1).max(200), where: conditionSchema }),
    responses: { 200: audienceView },
    async handle({ params: { key }, body }, { orm, workspace }) {
      const saved = await inWorkspace(orm, workspace, async (em) => {
        const others = await audienceConditions(em)
        const issues = audienceIssues(key, body.where, Object.fromEntries(others))
        if (issues.length > 0) throw invalid(issues.map(inBody))
        return saveAudience(em, workspace, { key, ...body })
      })
      return { status: 200, body: presentAudience(saved) }
    },
  }),
]

const inBody = <T extends { path: string }>(issue: T): T => ({
  ...issue,
  path: issue.path ? `where.${issue.path}` : 'where',
})

function presentAudience({ key, name, where, createdAt, updatedAt }: Audience): z.input<typeof audienceView> {
  return {
    key,
    name,
    where: where as Condition, // stored by the PUT above alone
    count: null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }
}
