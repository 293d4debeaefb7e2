import { z } from 'zod'
import { recordAudit } from '../../db/audit.ts'
import { conflict } from '../../db/fault.ts'
import { readFlow } from '../../db/flows.ts'
import { encodeId } from '../../db/ids.ts'
import { beginLaunch, listLaunches, readLaunch } from '../../db/launches.ts'
import type { Memory } from '../../db/memory.ts'
import type { Tx } from '../../db/pool.ts'
import { eventData } from '../events/posting.ts'
import { edgeId } from '../http/edge-id.ts'
import { listOf, pageOf, pagingQuery } from '../http/paging.ts'
import { route } from '../http/route.ts'
import { launchView, presentLaunch } from '../launches/launch-view.ts'
import { progressShape } from '../launches/launch-progress.ts'
import { launchedBody, launchedBy } from '../launches/launched.ts'
import { perMinuteOf, rateSchema } from '../launches/rate.ts'
import { readerOf } from '../reader.ts'

const params = z.strictObject({ id: edgeId('flow') })

export const launchRoutes = [
  route({
    method: 'post',
    path: '/v1/flows/:id/launch',
    summary:
      'Let an audience, or members by name, enter a live flow; while it is paused they rest at its start',
    permission: 'flows:publish',
    params,
    body: z
      .strictObject({
        ...launchedBody,
        rate: rateSchema.optional(),
        data: eventData.optional().describe('Stands for the data of the event that starts the flow.'),
      })
      .meta({ id: 'LaunchStart' }),
    idempotent: true,
    responses: { 202: z.strictObject({ launch: z.string() }) },
    async handle({ params: { id }, body: { data, rate, ...asked }, once }, { desk, principal }) {
      return once(async (tx) => {
        const { state } = await readFlow(tx, id)
        if (state === 'draft' || state === 'stopped')
          throw conflict(
            'flow-not-live',
            `Only a live flow can be launched; this one is ${SAID[state]}. Publish it first.`,
          )
        const of = await launchedBy(tx, desk.memory, asked)
        const perMinute = rate ? perMinuteOf(rate) : null
        const asking = { flow: id, of, author: principal.name, perMinute, ...(data && { data }) }
        const begun = await beginLaunch(tx, asking)
        const launch = encodeId('launch', begun ?? 0) // only an instant of a schedule can have been launched before
        const subject = encodeId('flow', id)
        await recordAudit(tx, { actor: principal.name, action: 'flow.launch', subject, after: { launch } })
        return { status: 202 as const, body: { launch } }
      })
    },
  }),
  route({
    method: 'get',
    path: '/v1/flows/:id/launches',
    summary: 'Launches of a flow, those of its schedule among them, newest first',
    permission: 'flows:read',
    params,
    query: z.strictObject(pagingQuery(z.int().positive())),
    responses: { 200: listOf(launchView) },
    async handle({ params: { id }, query: { cursor, limit } }, { db, desk, workspace }) {
      const body = await db.inWorkspace(workspace, async (tx) => {
        await readFlow(tx, id)
        return presentLaunches(tx, desk.memory, { flow: id, before: cursor, limit })
      })
      return { status: 200, body }
    },
  }),
  route({
    method: 'get',
    path: '/v1/launches',
    summary: 'Launches of all flows, newest first',
    permission: 'flows:read',
    query: z.strictObject({
      ...pagingQuery(z.int().positive()),
      state: progressShape.state.optional().describe('Only those in this state.'),
    }),
    responses: { 200: listOf(launchView) },
    async handle({ query: { cursor, limit, state } }, { db, desk, workspace }) {
      const body = await db.inWorkspace(workspace, (tx) =>
        presentLaunches(tx, desk.memory, { state, before: cursor, limit }),
      )
      return { status: 200, body }
    },
  }),
  route({
    method: 'get',
    path: '/v1/launches/:id',
    summary: 'How far a launch has come',
    permission: 'flows:read',
    params: z.strictObject({ id: edgeId('launch') }),
    responses: { 200: launchView },
    async handle({ params: { id } }, { db, desk, workspace }) {
      const body = await db.inWorkspace(workspace, async (tx) =>
        presentLaunch(await readLaunch(tx, id), await readerOf(tx, desk.memory)),
      )
      return { status: 200, body }
    },
  }),
]

async function presentLaunches(tx: Tx, memory: Memory, asked: Parameters<typeof listLaunches>[1]) {
  const rows = await listLaunches(tx, { ...asked, limit: asked.limit + 1 })
  const reader = await readerOf(tx, memory)
  const { items, next } = pageOf(rows, asked.limit, (row) => row.id)
  return { items: items.map((row) => presentLaunch(row, reader)), next }
}

const SAID = { draft: 'a draft', stopped: 'stopped' }
