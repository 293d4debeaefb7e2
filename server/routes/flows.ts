import { z } from 'zod'
import { recordAudit } from '../../db/audit.ts'
import { conflict } from '../../db/fault.ts'
import { createFlow, holdFlow, listFlows, readFlow, replaceDraft, type FlowRow } from '../../db/flows.ts'
import { encodeId } from '../../db/ids.ts'
import type { Tx } from '../../db/pool.ts'
import { publishVersion, stopFlow } from '../../db/publish.ts'
import { compile } from '../../flow/compile.ts'
import { flowDocumentSchema } from '../../flow/document.ts'
import { migrate } from '../../flow/migrate.ts'
import { problemView } from '../flows/problem-view.ts'
import { problemsOf } from '../flows/problems-of.ts'
import { refuseErrors } from '../flows/refuse-errors.ts'
import type { Context } from '../http/context.ts'
import { edgeId } from '../http/edge-id.ts'
import { listOf, pageOf, pagingQuery } from '../http/paging.ts'
import { route } from '../http/route.ts'

const summary = z.strictObject({
  id: z.string(),
  name: z.string(),
  state: z.enum(['draft', 'live', 'paused', 'stopped']),
  revision: z.int(),
  version: z.int().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})

const flowView = summary.extend({ draft: z.unknown(), problems: z.array(problemView) }).meta({ id: 'Flow' })
const saved = z.strictObject({ id: z.string(), revision: z.int(), problems: z.array(problemView) })
const params = z.strictObject({ id: edgeId('flow') })

export const flowRoutes = [
  route({
    method: 'post',
    path: '/v1/flows',
    summary: 'Keep a drawing as the draft of a new flow; its faults are told, not refused',
    permission: 'flows:write',
    body: flowDocumentSchema,
    responses: { 201: saved },
    async handle({ body }, context) {
      const { db, workspace } = context
      const answer = await db.inWorkspace(workspace, async (tx) => {
        const flow = await createFlow(tx, { name: body.name, draft: body })
        return presentSaved(tx, context, flow)
      })
      return { status: 201, body: answer }
    },
  }),
  route({
    method: 'get',
    path: '/v1/flows',
    summary: 'List flows, newest first',
    permission: 'flows:read',
    query: z.strictObject(pagingQuery(z.int32().positive())),
    responses: { 200: listOf(summary.meta({ id: 'FlowSummary' })) },
    async handle({ query: { cursor, limit } }, { db, workspace }) {
      const page = { limit: limit + 1, ...(cursor && { before: cursor }) }
      const { items, next } = pageOf(
        await db.inWorkspace(workspace, (tx) => listFlows(tx, page)),
        limit,
        (row) => row.id,
      )
      return { status: 200, body: { items: items.map(presentSummary), next } }
    },
  }),
  route({
    method: 'get',
    path: '/v1/flows/:id',
    summary: 'A flow with its draft and what is wrong with it',
    permission: 'flows:read',
    params,
    responses: { 200: flowView },
    async handle({ params: { id } }, context) {
      const { db, workspace } = context
      const body = await db.inWorkspace(workspace, async (tx) =>
        presentFlow(tx, context, await readFlow(tx, id)),
      )
      return { status: 200, body }
    },
  }),
  route({
    method: 'put',
    path: '/v1/flows/:id/draft',
    summary: 'Replace the draft; If-Match is the revision it was drawn on',
    permission: 'flows:write',
    params,
    body: flowDocumentSchema,
    ifMatch: true,
    responses: { 200: saved },
    async handle({ params: { id }, body, revision }, context) {
      const { db, workspace } = context
      const answer = await db.inWorkspace(workspace, async (tx) => {
        const flow = await replaceDraft(tx, { id, revision, name: body.name, draft: body })
        return presentSaved(tx, context, flow)
      })
      return { status: 200, body: answer }
    },
  }),
  route({
    method: 'post',
    path: '/v1/flows/:id/publish',
    summary: 'Make the draft the version that takes entries; refused while it has errors',
    permission: 'flows:publish',
    params,
    body: z.strictObject({ note: z.string().max(2_000).optional(), inside: z.literal('finish').optional() }),
    responses: { 201: z.strictObject({ version: z.int() }) },
    async handle({ params: { id }, body: { note } }, context) {
      const { db, workspace, principal } = context
      const version = await db.inWorkspace(workspace, async (tx) => {
        const flow = await holdFlow(tx, id)
        const document = migrate(flow.draft)
        refuseErrors(await problemsOf(tx, context, document))
        const publishing = {
          flow,
          document,
          plan: compile(document),
          note: note ?? null,
          author: principal.name,
        }
        const { number } = await publishVersion(tx, publishing)
        await recordAudit(tx, {
          actor: principal.name,
          action: 'flow.publish',
          subject: encodeId('flow', id),
          after: { version: number },
        })
        return number
      })
      return { status: 201, body: { version } }
    },
  }),
  route({
    method: 'post',
    path: '/v1/flows/:id/stop',
    summary: 'Take no more entries; people inside finish, or leave at once',
    permission: 'flows:publish',
    params,
    body: z.strictObject({ inside: z.enum(['finish', 'exit']) }),
    responses: { 200: flowView },
    async handle({ params: { id }, body: { inside } }, context) {
      const { db, workspace, principal } = context
      const stopped = await db.inWorkspace(workspace, async (tx) => {
        const flow = await holdFlow(tx, id)
        if (flow.state === 'draft')
          throw conflict('flow-not-live', 'A draft does not run, so it cannot be stopped.')
        await stopFlow(tx, id, inside)
        await recordAudit(tx, {
          actor: principal.name,
          action: 'flow.stop',
          subject: encodeId('flow', id),
          after: { inside },
        })
        return presentFlow(tx, context, await readFlow(tx, id))
      })
      return { status: 200, body: stopped }
    },
  }),
]

async function presentSaved(tx: Tx, context: Context, flow: FlowRow): Promise<z.input<typeof saved>> {
  return {
    id: encodeId('flow', flow.id),
    revision: flow.revision,
    problems: await problemsOf(tx, context, migrate(flow.draft)),
  }
}

async function presentFlow(tx: Tx, context: Context, flow: FlowRow): Promise<z.input<typeof flowView>> {
  return {
    ...presentSummary(flow),
    draft: flow.draft,
    problems: await problemsOf(tx, context, migrate(flow.draft)),
  }
}

function presentSummary(flow: FlowRow): z.input<typeof summary> {
  return {
    id: encodeId('flow', flow.id),
    name: flow.name,
    state: flow.state,
    revision: flow.revision,
    version: flow.number,
    createdAt: flow.created_at.toISOString(),
    updatedAt: flow.updated_at.toISOString(),
  }
}
