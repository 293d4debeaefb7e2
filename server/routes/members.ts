import { z } from 'zod'
import { findInAudience } from '../../db/audience-members.ts'
import { recordAudit } from '../../db/audit.ts'
import { eraseMember } from '../../db/erasure.ts'
import { missing } from '../../db/fault.ts'
import { instantSchema } from '../../db/instant.ts'
import { memberChange } from '../../db/member-change.ts'
import { exportMember } from '../../db/member-export.ts'
import { findMemberIds, membersById, readMember } from '../../db/member-views.ts'
import { upsertMembers } from '../../db/members.ts'
import { retryDeadlock } from '../../db/retry-deadlock.ts'
import { readTimeline } from '../../db/timeline.ts'
import { listOf, pageOf, pagingQuery } from '../http/paging.ts'
import { route } from '../http/route.ts'
import { audienceQuery } from '../members/audience-query.ts'
import { memberView, presentMember } from '../members/member-view.ts'
import { timelineItem } from '../members/timeline-item.ts'
import { presentTimelineRow } from '../members/timeline-view.ts'
import { readerOf } from '../reader.ts'

const params = z.strictObject({ externalId: z.string().min(1).max(200) })
const id = z.int().positive()
const place = z.strictObject({ at: instantSchema, rank: z.int32(), id: z.int() })

export const memberRoutes = [
  route({
    method: 'put',
    path: '/v1/members',
    summary: 'Store one member or up to 1,000, all or nothing',
    permission: 'members:write',
    body: z.union([memberChange, z.array(memberChange).max(1_000)]),
    responses: { 200: z.strictObject({ upserted: z.int() }) },
    async handle({ body }, { db, desk, workspace }) {
      const changes = Array.isArray(body) ? body : [body]
      const upserted = await retryDeadlock(() =>
        db.inWorkspace(workspace, (tx) => upsertMembers(tx, desk, changes)),
      )
      return { status: 200, body: { upserted } }
    },
  }),
  route({
    method: 'get',
    path: '/v1/members',
    summary: 'List members, newest first',
    permission: 'members:read',
    query: z.strictObject({
      ...pagingQuery(id),
      q: z
        .string()
        .trim()
        .max(200)
        .optional()
        .describe('The beginning of an external id, e-mail address, phone number or name.'),
      audience: audienceQuery.optional(),
    }),
    responses: { 200: listOf(memberView) },
    async handle({ query: { cursor: before, limit, q, audience } }, { db, desk, workspace }) {
      const page = { q, before, limit: limit + 1 }
      const place = { workspace, memory: desk.memory }
      const inside =
        audience === undefined ? undefined : await findInAudience(db, place, { audience, ...page })
      const body = await db.inWorkspace(workspace, async (tx) => {
        const { items, next } = pageOf(inside ?? (await findMemberIds(tx, page)), limit, (one) => one)
        return { items: (await membersById(tx, items)).map(presentMember), next }
      })
      return { status: 200, body }
    },
  }),
  route({
    method: 'get',
    path: '/v1/members/:externalId',
    summary: 'One member',
    permission: 'members:read',
    params,
    responses: { 200: memberView },
    async handle({ params: { externalId } }, { db, workspace }) {
      const member = await db.inWorkspace(workspace, (tx) => readMember(tx, externalId))
      return { status: 200, body: presentMember(member) }
    },
  }),
  route({
    method: 'delete',
    path: '/v1/members/:externalId',
    summary: 'Erase a member: personal data is gone everywhere, the ledger keeps a pseudonym',
    permission: 'members:write',
    params,
    responses: { 204: z.null() },
    async handle({ params: { externalId } }, { db, workspace, principal }) {
      await retryDeadlock(() =>
        db.inWorkspace(workspace, async (tx) => {
          const pseudonym = await eraseMember(tx, externalId)
          if (pseudonym === undefined) throw missing('member')
          await recordAudit(tx, { actor: principal.name, action: 'member.erase', subject: pseudonym })
        }),
      )
      return { status: 204, body: null }
    },
  }),
  route({
    method: 'get',
    path: '/v1/members/:externalId/export',
    summary: 'All that is known about a member',
    permission: 'members:read',
    params,
    responses: { 200: z.record(z.string(), z.unknown()) },
    async handle({ params: { externalId } }, { db, workspace }) {
      const known = await db.inWorkspace(workspace, (tx) => exportMember(tx, externalId))
      if (!known) throw missing('member')
      return {
        status: 200,
        body: known,
        headers: { 'content-disposition': 'attachment; filename="member.json"' },
      }
    },
  }),
  route({
    method: 'get',
    path: '/v1/members/:externalId/timeline',
    summary: 'What happened to a member, newest first',
    permission: 'members:read',
    params,
    query: z.strictObject(pagingQuery(place)),
    responses: { 200: listOf(timelineItem) },
    async handle({ params: { externalId }, query: { cursor, limit } }, { db, desk, workspace }) {
      const body = await db.inWorkspace(workspace, async (tx) => {
        const member = await readMember(tx, externalId)
        const rows = await readTimeline(tx, { member: member.id, cursor, limit: limit + 1 })
        const reader = await readerOf(tx, desk.memory)
        const { items, next } = pageOf(rows, limit, ({ at, rank, id }) => ({ at, rank, id }))
        return { items: items.map((row) => presentTimelineRow(row, reader)), next }
      })
      return { status: 200, body }
    },
  }),
]
