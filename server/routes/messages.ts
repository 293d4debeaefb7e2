import { z } from 'zod'
import { instantSchema } from '../../db/instant.ts'
import { listMessages, readMessage } from '../../db/messages.ts'
import { resolveMessage } from '../../db/resolve.ts'
import { CHANNELS } from '../../flow/channels/channel.ts'
import { edgeId } from '../http/edge-id.ts'
import { listOf, pageOf, pagingQuery } from '../http/paging.ts'
import { route } from '../http/route.ts'
import { messageStory, tellMessage } from '../messages/message-story.ts'
import { messageView, presentMessage, STATUSES } from '../messages/message-view.ts'
import { trackingIn } from '../messages/tracking-for.ts'
import { readerOf } from '../reader.ts'

const params = z.strictObject({ id: edgeId('message') })

export const messageRoutes = [
  route({
    method: 'get',
    path: '/v1/messages',
    summary: 'The ledger of messages, newest first',
    permission: 'messages:read',
    query: z.strictObject({
      ...pagingQuery(z.int().positive()),
      flow: edgeId('flow').optional(),
      node: z.string().max(200).optional(),
      member: z.string().max(200).optional().describe('External id.'),
      channel: z.enum(CHANNELS).optional(),
      status: z.enum(STATUSES).optional(),
      campaign: z.string().max(200).optional(),
      test: z.stringbool().optional().describe('Those of test runs alone, or without them.'),
      from: instantSchema.optional().describe('Made at this instant or later.'),
      to: instantSchema.optional().describe('Made before this instant.'),
    }),
    responses: { 200: listOf(messageView) },
    async handle({ query: { cursor, limit, ...filter } }, { db, desk, workspace }) {
      const body = await db.inWorkspace(workspace, async (tx) => {
        const rows = await listMessages(tx, { ...filter, before: cursor, limit: limit + 1 })
        const reader = await readerOf(tx, desk.memory)
        const { items, next } = pageOf(rows, limit, (row) => row.id)
        return { items: items.map((row) => presentMessage(row, reader)), next }
      })
      return { status: 200, body }
    },
  }),
  route({
    method: 'get',
    path: '/v1/messages/:id',
    summary: 'One message: its content as sent, why it was sent this way, and what came of it',
    permission: 'messages:read',
    params,
    responses: { 200: messageStory },
    async handle({ params: { id } }, services) {
      const { db, desk, workspace } = services
      const body = await db.inWorkspace(workspace, async (tx) => {
        const reader = await readerOf(tx, desk.memory)
        return tellMessage(tx, await readMessage(tx, id), {
          reader,
          trackingFor: trackingIn(services, workspace),
        })
      })
      return { status: 200, body }
    },
  }),
  route({
    method: 'post',
    path: '/v1/messages/:id/resolve',
    summary: 'Decide on a message of which nobody knows whether it was sent',
    permission: 'messages:write',
    params,
    body: z.strictObject({ as: z.enum(['sent', 'failed', 'resend']) }),
    responses: { 200: messageView },
    async handle({ params: { id }, body: { as } }, { db, desk, workspace, principal }) {
      const body = await db.inWorkspace(workspace, async (tx) => {
        await resolveMessage(tx, { message: id, as, actor: principal.name })
        return presentMessage(await readMessage(tx, id), await readerOf(tx, desk.memory))
      })
      return { status: 200, body }
    },
  }),
]
