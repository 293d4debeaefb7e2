import { z } from 'zod'
import { conflict } from '../../db/fault.ts'
import { pauseFlow, resumeFlow, stopFlow } from '../../db/flow-acts.ts'
import { readFlow, type FlowRow } from '../../db/flows.ts'
import type { Tx } from '../../db/pool.ts'
import { publishVersion } from '../../db/publish.ts'
import { standings } from '../../db/standings.ts'
import { compile } from '../../flow/compile.ts'
import { migrate } from '../../flow/migrate.ts'
import { actOn } from '../flows/act-on.ts'
import { flowView, presentFlow } from '../flows/flow-view.ts'
import { problemsOf } from '../flows/problems-of.ts'
import { previewPublish, publishPreview } from '../flows/publish-preview.ts'
import { refuseErrors } from '../flows/refuse-errors.ts'
import type { Context } from '../http/context.ts'
import { edgeId } from '../http/edge-id.ts'
import { route } from '../http/route.ts'

const params = z.strictObject({ id: edgeId('flow') })

export const flowActRoutes = [
  route({
    method: 'get',
    path: '/v1/flows/:id/publish-preview',
    summary: 'Where the people inside stand, and where publishing the draft would move them',
    permission: 'flows:read',
    params,
    responses: { 200: publishPreview },
    async handle({ params: { id } }, { db, workspace }) {
      const preview = await db.inWorkspace(workspace, async (tx) => {
        const { draft } = await readFlow(tx, id)
        return previewPublish(await standings(tx, id), migrate(draft))
      })
      return { status: 200, body: preview }
    },
  }),
  route({
    method: 'post',
    path: '/v1/flows/:id/publish',
    summary: 'Make the draft the version that takes entries; refused while it has errors',
    permission: 'flows:publish',
    params,
    body: z.strictObject({
      note: z.string().max(2_000).optional(),
      inside: z.enum(['finish', 'move']).optional(),
    }),
    responses: { 201: z.strictObject({ version: z.int() }) },
    async handle({ params: { id }, body: { note = null, inside = 'finish' } }, context) {
      const act = async (tx: Tx, flow: FlowRow) => {
        const document = migrate(flow.draft)
        refuseErrors(await problemsOf(tx, context, document))
        const { movable } = previewPublish(await standings(tx, id), document)
        const author = context.principal.name
        const publishing = { flow, document, plan: compile(document), note, author, inside }
        const { number } = await publishVersion(tx, publishing)
        return { answer: number, after: { version: number, inside, moved: inside === 'move' ? movable : 0 } }
      }
      const version = await actOn(context, { id, action: 'flow.publish', act })
      return { status: 201, body: { version } }
    },
  }),
  route({
    method: 'post',
    path: '/v1/flows/:id/pause',
    summary: 'Hold everybody where they stand; entries rest at the start',
    permission: 'flows:publish',
    params,
    body: z.strictObject({}).optional(),
    responses: { 200: flowView },
    async handle({ params: { id } }, context) {
      const act = changing(context, (tx, flow) => pauseFlow(tx, flow))
      return { status: 200, body: await actOn(context, { id, action: 'flow.pause', act }) }
    },
  }),
  route({
    method: 'post',
    path: '/v1/flows/:id/resume',
    summary: 'Go on after a pause: its length put off, caught up with, or what passed in it dropped',
    permission: 'flows:publish',
    params,
    body: z.strictObject({ clocks: z.enum(['shift', 'catch-up', 'drop']) }),
    responses: { 200: flowView },
    async handle({ params: { id }, body: { clocks } }, context) {
      const act = changing(context, (tx, flow) => resumeFlow(tx, flow, clocks), { clocks })
      return { status: 200, body: await actOn(context, { id, action: 'flow.resume', act }) }
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
      const stop = async (tx: Tx, { state }: FlowRow): Promise<void> => {
        if (state === 'draft')
          throw conflict('flow-not-live', 'A draft does not run, so it cannot be stopped.')
        await stopFlow(tx, id, inside)
      }
      const act = changing(context, stop, { inside })
      return { status: 200, body: await actOn(context, { id, action: 'flow.stop', act }) }
    },
  }),
]

/** An act that answers the flow; the audit log keeps its settings and how many people it concerned. */
function changing(context: Context, change: (tx: Tx, flow: FlowRow) => Promise<void>, settings: object = {}) {
  return async (tx: Tx, flow: FlowRow) => {
    const inside = await standings(tx, flow.id)
    await change(tx, flow)
    const people = {
      resting: inside.reduce((sum, one) => sum + one.resting, 0),
      active: inside.reduce((sum, one) => sum + one.active, 0),
    }
    return {
      answer: await presentFlow(tx, context, await readFlow(tx, flow.id)),
      after: { ...settings, people },
    }
  }
}
