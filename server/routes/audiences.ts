import { z } from 'zod'
import { countAudiences, previewAudience } from '../../db/audience-count.ts'
import { whyInAudience } from '../../db/audience-why.ts'
import { holdConditions, listAudiences, readAudience, saveAudience } from '../../db/audiences.ts'
import type { Audience } from '../../db/entities/audience.ts'
import { invalid } from '../../db/fault.ts'
import { inWorkspace } from '../../db/orm.ts'
import { audienceIssues } from '../../flow/conditions/audience.ts'
import { conditionSchema } from '../../flow/conditions/schema.ts'
import type { Condition } from '../../flow/conditions/schema.ts'
import { keySchema } from '../../flow/key.ts'
import type { Context } from '../http/context.ts'
import { listOf, pageOf, pagingQuery } from '../http/paging.ts'
import { route } from '../http/route.ts'
import { readerOf } from '../reader.ts'

const count = z
  .int()
  .nullable()
  .meta({ description: 'Members in it now; null when counting took too long: then `uncounted` says so.' })
const uncounted = z.string().optional()

const audienceView = z
  .strictObject({
    key: z.string(),
    name: z.string(),
    where: conditionSchema,
    count,
    uncounted,
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Audience' })

const told = z
  .strictObject({
    path: z.string().meta({ description: 'Where in `where` it is asked: `all[0].not`.' }),
    says: z.string().meta({ description: 'What was found, as a clause: "tier was *silver*".' }),
    truth: z.boolean(),
    decisive: z.boolean().meta({ description: 'Whether the answer hung on it.' }),
  })
  .meta({ id: 'AudienceAnswer' })

const params = z.strictObject({ key: keySchema })

export const audienceRoutes = [
  route({
    method: 'get',
    path: '/v1/audiences',
    summary: 'List audiences',
    permission: 'audiences:read',
    query: z.strictObject(pagingQuery(z.int32().positive())),
    responses: { 200: listOf(audienceView) },
    async handle({ query: { cursor, limit } }, context) {
      const page = { limit: limit + 1, ...(cursor && { before: cursor }) }
      const rows = await inWorkspace(context.orm, context.workspace, (em) => listAudiences(em, page))
      const { items, next } = pageOf(rows, limit, (row) => row.id)
      return { status: 200, body: { items: await present(items, context), next } }
    },
  }),
  route({
    method: 'get',
    path: '/v1/audiences/:key',
    summary: 'Read an audience',
    permission: 'audiences:read',
    params,
    responses: { 200: audienceView },
    async handle({ params: { key } }, context) {
      const found = await inWorkspace(context.orm, context.workspace, (em) => readAudience(em, key))
      return { status: 200, body: await presentOne(found, context) }
    },
  }),
  route({
    method: 'get',
    path: '/v1/audiences/:key/why',
    summary: 'Why a member is, or is not, in an audience: what each of its questions found',
    permission: 'audiences:read',
    params,
    query: z.strictObject({ member: z.string().min(1).max(200) }),
    responses: { 200: z.strictObject({ in: z.boolean(), why: z.array(told) }) },
    async handle({ params: { key }, query: { member } }, { db, desk, orm, workspace }) {
      await inWorkspace(orm, workspace, (em) => readAudience(em, key))
      const why = await db.inWorkspace(workspace, async (tx) => {
        const reader = await readerOf(tx, desk.memory)
        return whyInAudience(tx, desk.memory, { key, member, reader })
      })
      return { status: 200, body: { in: why.truth, why: why.told } }
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
    async handle({ params: { key }, body }, context) {
      const { orm, workspace } = context
      const saved = await inWorkspace(orm, workspace, async (em) => {
        refuseUnfit(key, body.where, Object.fromEntries(await holdConditions(em, workspace)))
        return saveAudience(em, workspace, { key, ...body })
      })
      return { status: 200, body: await presentOne(saved, context) }
    },
  }),
  route({
    method: 'post',
    path: '/v1/audiences/preview',
    summary: 'How many members a condition is true for now, and some of them',
    permission: 'audiences:read',
    body: z.strictObject({ where: conditionSchema }),
    responses: { 200: z.strictObject({ count, uncounted, sample: z.array(z.string()) }) },
    async handle({ body: { where } }, { db, desk, workspace }) {
      refuseUnfit('', where, {})
      const { count, sample } = await previewAudience(db, { workspace, memory: desk.memory }, where)
      return { status: 200, body: { ...counted(count), sample } }
    },
  }),
]

function refuseUnfit(key: string, where: Condition, others: Record<string, Condition>): void {
  const issues = audienceIssues(key, where, others)
  const inBody = (path: string): string => (path ? `where.${path}` : 'where')
  if (issues.length > 0) throw invalid(issues.map((issue) => ({ ...issue, path: inBody(issue.path) })))
}

type View = z.input<typeof audienceView>

async function presentOne(audience: Audience, context: Context): Promise<View> {
  const [view] = await present([audience], context)
  return view! // one for one
}

async function present(audiences: Audience[], { db, desk, workspace }: Context): Promise<View[]> {
  const wheres = audiences.map(({ key }) => ({ inAudience: key }))
  const counts = await countAudiences(db, { workspace, memory: desk.memory }, wheres)
  return audiences.map(({ key, name, where, createdAt, updatedAt }, n) => ({
    key,
    name,
    where: where as Condition, // stored by the PUT above alone
    ...counted(counts[n] ?? null),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }))
}

function counted(count: number | null) {
  return count === null ? { count, uncounted: TOO_SLOW } : { count }
}

const TOO_SLOW =
  'Counting took too long and was given up. Ask for fewer first, beside "all" (those with a consent, on a list, with an event), or look at this audience alone.'
