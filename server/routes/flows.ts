import { z } from 'zod'
import { createFlow, listFlows, readFlow, replaceDraft, type FlowRow } from '../../db/flows.ts'
import { encodeId } from '../../db/ids.ts'
import type { Tx } from '../../db/pool.ts'
import { flowDocumentSchema } from '../../flow/document.ts'
import { migrate } from '../../flow/migrate.ts'
import { flowSummary, flowView, presentFlow, presentFlowSummary } from '../flows/flow-view.ts'
import { problemView } from '../flows/problem-view.ts'
import { problemsOf } from '../flows/problems-of.ts'
import type { Context } from '../http/context.ts'
import { edgeId } from '../http/edge-id.ts'
import { listOf, pageOf, pagingQuery } from '../http/paging.ts'
import { route } from '../http/route.ts'

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
    responses: { 200: listOf(flowSummary.meta({ id: 'FlowSummary' })) },
    async handle({ query: { cursor, limit } }, { db, workspace }) {
      const page = { limit: limit + 1, ...(cursor && { before: cursor }) }
      const { items, next } = pageOf(
        await db.inWorkspace(workspace, (tx) => listFlows(tx, page)),
        limit,
        (row) => row.id,
      )
      return { status: 200, body: { items: items.map(presentFlowSummary), next } }
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
]

async function presentSaved(tx: Tx, context: Context, flow: FlowRow): Promise<z.input<typeof saved>> {
  return {
    id: encodeId('flow', flow.id),
    revision: flow.revision,
    problems: await problemsOf(tx, context, migrate(flow.draft)),
  }
}
