import { z } from 'zod'
import { listEnrollments } from '../../db/enrollments.ts'
import { flowStats } from '../../db/flow-stats.ts'
import { listVersions, readFlow, readVersionNumber, type VersionRow } from '../../db/flows.ts'
import { readMember } from '../../db/member-views.ts'
import { whyNotIn } from '../../db/why.ts'
import { say } from '../../flow/words.ts'
import {
  enrollmentStory,
  enrollmentView,
  presentEnrollment,
  tellEnrollments,
} from '../enrollments/enrollment-view.ts'
import { edgeId } from '../http/edge-id.ts'
import { listOf, pageOf, pagingQuery } from '../http/paging.ts'
import { route } from '../http/route.ts'
import { readerOf } from '../reader.ts'

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
      test: z.stringbool().default(false).describe('Those of test runs instead.'),
    }),
    responses: { 200: listOf(enrollmentView) },
    async handle({ params: { id }, query: { cursor, limit, ...filter } }, { db, desk, workspace }) {
      const body = await db.inWorkspace(workspace, async (tx) => {
        await readFlow(tx, id)
        const rows = await listEnrollments(tx, { flow: id, ...filter, before: cursor, limit: limit + 1 })
        const reader = await readerOf(tx, desk.memory)
        const { items, next } = pageOf(rows, limit, (row) => row.id)
        return { items: items.map((row) => presentEnrollment(row, reader)), next }
      })
      return { status: 200, body }
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
        enrollments: z.array(enrollmentStory),
        notIn: z.string().nullable(),
      }),
    },
    async handle({ params: { id }, query: { member } }, { db, desk, workspace }) {
      const body = await db.inWorkspace(workspace, async (tx) => {
        const flow = await readFlow(tx, id)
        const { id: outside } = await readMember(tx, member)
        const real = await listEnrollments(tx, { flow: id, member, test: false, limit: 50 })
        const tests = await listEnrollments(tx, { flow: id, member, test: true, limit: 10 })
        const rows = [...real, ...tests].toSorted((a, b) => b.id - a.id)
        const reader = await readerOf(tx, desk.memory)
        const enrollments = await tellEnrollments(tx, rows, reader)
        const why = real.length > 0 ? null : await whyNotIn(tx, desk.memory, { flow, member: outside })
        const notIn = why && say(why, reader)
        return { enrollments, notIn }
      })
      return { status: 200, body }
    },
  }),
]

function presentVersion(row: VersionRow): z.input<typeof versionView> {
  const { number, note, author, published_at, document } = row
  return { version: number, note, author, publishedAt: published_at.toISOString(), document }
}
