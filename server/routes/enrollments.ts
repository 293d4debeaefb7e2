import { z } from 'zod'
import { listEnrollments, stepsOf, type EnrollmentRow, type StepRow } from '../../db/enrollments.ts'
import { flowStats } from '../../db/flow-stats.ts'
import { listVersions, readFlow, readVersionNumber, type VersionRow } from '../../db/flows.ts'
import { encodeId } from '../../db/ids.ts'
import { readMember } from '../../db/member-views.ts'
import { whyNotIn } from '../../db/why.ts'
import { say, type Reader } from '../../flow/words.ts'
import { edgeId } from '../http/edge-id.ts'
import { listOf, pageOf, pagingQuery } from '../http/paging.ts'
import { route } from '../http/route.ts'

const enrollmentView = z
  .strictObject({
    id: z.string(),
    member: z.string(),
    version: z.int(),
    node: z.string(),
    state: z.enum(['active', 'resting', 'ended']),
    dueAt: z.iso.datetime().nullable(),
    reason: z.string().nullable(),
    enteredAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Enrollment' })

const stepView = z
  .strictObject({
    node: z.string(),
    at: z.iso.datetime(),
    outcome: z.string(),
    why: z.string(),
    candidates: z.array(z.strictObject({ channel: z.string(), refused: z.string().nullable() })).optional(),
  })
  .meta({ id: 'Step' })

const versionView = z
  .strictObject({
    version: z.int(),
    note: z.string().nullable(),
    author: z.string().nullable(),
    publishedAt: z.iso.datetime(),
    document: z.unknown(),
  })
  .meta({ id: 'FlowVersion' })

const count = z.int()
const statsView = z
  .strictObject({
    enrolled: count,
    active: count,
    resting: count,
    ended: count,
    nodes: z.record(
      z.string(),
      z.strictObject({
        entered: count,
        resting: count,
        left: count,
        failed: count,
        exits: z.record(z.string(), count),
      }),
    ),
  })
  .meta({ id: 'FlowStats' })

const params = z.strictObject({ id: edgeId('flow') })

export const enrollmentRoutes = [
  route({
    method: 'get',
    path: '/v1/flows/:id/versions',
    summary: 'Published versions, newest first',
    permission: 'flows:read',
    params,
    query: z.strictObject(pagingQuery(z.int32().positive())),
    responses: { 200: listOf(versionView) },
    async handle({ params: { id }, query: { cursor, limit } }, { db, workspace }) {
      const rows = await db.inWorkspace(workspace, async (tx) => {
        await readFlow(tx, id)
        return listVersions(tx, { flow: id, limit: limit + 1, ...(cursor && { before: cursor }) })
      })
      const { items, next } = pageOf(rows, limit, (row) => row.number)
      return { status: 200, body: { items: items.map(presentVersion), next } }
    },
  }),
  route({
    method: 'get',
    path: '/v1/flows/:id/versions/:n',
    summary: 'One published version',
    permission: 'flows:read',
    params: params.extend({ n: z.coerce.number().pipe(z.int32().positive()) }),
    responses: { 200: versionView },
    async handle({ params: { id, n } }, { db, workspace }) {
      const row = await db.inWorkspace(workspace, async (tx) => {
        await readFlow(tx, id)
        return readVersionNumber(tx, { flow: id, number: n })
      })
      return { status: 200, body: presentVersion(row) }
    },
  }),
  route({
    method: 'get',
    path: '/v1/flows/:id/stats',
    summary: 'How many entered, are here and left, per step; the sums always balance',
    permission: 'flows:read',
    params,
    responses: { 200: statsView },
    async handle({ params: { id } }, { db, workspace }) {
      const stats = await db.inWorkspace(workspace, async (tx) => {
        await readFlow(tx, id)
        return flowStats(tx, id)
      })
      return { status: 200, body: stats }
    },
  }),
  route({
    method: 'get',
    path: '/v1/flows/:id/enrollments',
    summary: 'Members inside a flow and those who were, newest first',
    permission: 'flows:read',
    params,
    query: z.strictObject({
      ...pagingQuery(z.int().positive()),
      member: z.string().max(200).optional(),
      node: z.string().max(200).optional(),
      state: z.enum(['active', 'resting', 'ended']).optional(),
    }),
    responses: { 200: listOf(enrollmentView) },
    async handle({ params: { id }, query: { cursor, limit, ...filter } }, { db, workspace }) {
      const rows = await db.inWorkspace(workspace, async (tx) => {
        await readFlow(tx, id)
        return listEnrollments(tx, { flow: id, ...filter, before: cursor, limit: limit + 1 })
      })
      const { items, next } = pageOf(rows, limit, (row) => row.id)
      return { status: 200, body: { items: items.map((row) => presentEnrollment(row, UTC)), next } }
    },
  }),
  route({
    method: 'get',
    path: '/v1/flows/:id/why',
    summary: 'Why a member is, was or is not in a flow',
    permission: 'flows:read',
    params,
    query: z.strictObject({ member: z.string().min(1).max(200) }),
    responses: {
      200: z.strictObject({
        enrollments: z.array(enrollmentView.extend({ steps: z.array(stepView) })),
        notIn: z.string().nullable(),
      }),
    },
    async handle({ params: { id }, query: { member } }, { db, desk, workspace }) {
      const body = await db.inWorkspace(workspace, async (tx) => {
        const flow = await readFlow(tx, id)
        await readMember(tx, member)
        const rows = await listEnrollments(tx, { flow: id, member, limit: 50 })
        const steps = Map.groupBy(
          await stepsOf(
            tx,
            rows.map((row) => row.id),
          ),
          (step) => step.enrollment,
        )
        const { timeZone } = await desk.memory.workspace(tx)
        const reader = { ...UTC, zone: timeZone }
        const enrollments = rows.map((row) => ({
          ...presentEnrollment(row, reader),
          steps: (steps.get(row.id) ?? []).map((step) => presentStep(step, reader)),
        }))
        const notIn = rows.length > 0 ? null : say(await whyNotIn(tx, desk.memory, { flow, member }), reader)
        return { enrollments, notIn }
      })
      return { status: 200, body }
    },
  }),
]

const UTC: Reader = { zone: 'UTC', locale: 'en-GB' }

function presentEnrollment(row: EnrollmentRow, reader: Reader): z.input<typeof enrollmentView> {
  const why = row.state === 'ended' ? row.reason : (row.mark ?? row.rest)
  const reason = why && { code: why.code, args: { dueAt: row.due_at?.getTime(), ...why.args } }
  return {
    id: encodeId('enrollment', row.id),
    member: row.member,
    version: row.version,
    node: row.node,
    state: row.state,
    dueAt: row.due_at?.toISOString() ?? null,
    reason: reason && say(reason, reader),
    enteredAt: row.entered_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  }
}

function presentStep(step: StepRow, reader: Reader): z.input<typeof stepView> {
  const { node, at, outcome, code, args, candidates } = step
  const why = say({ code, ...(args && { args }) }, reader)
  const considered = candidates?.map(({ channel, refused }) => ({
    channel,
    refused: refused && say(refused, reader),
  }))
  return { node, at: at.toISOString(), outcome, why, ...(considered && { candidates: considered }) }
}

function presentVersion(row: VersionRow): z.input<typeof versionView> {
  const { number, note, author, published_at, document } = row
  return { version: number, note, author, publishedAt: published_at.toISOString(), document }
}
