import { z } from 'zod'
import { listMessages, readMessage } from '../../db/messages.ts'
import { takeReceipts } from '../../db/receipts.ts'
import { simulatedReceipt, type SimulatedAct } from '../../db/simulator.ts'
import { CHANNELS } from '../../flow/channels/channel.ts'
import type { Context } from '../http/context.ts'
import { edgeId } from '../http/edge-id.ts'
import { listOf, pageOf, pagingQuery } from '../http/paging.ts'
import { route } from '../http/route.ts'
import { contentsOf } from '../messages/message-content.ts'
import { contentView } from '../messages/message-story.ts'
import { messageView, presentMessage } from '../messages/message-view.ts'
import { trackingIn } from '../messages/tracking-for.ts'
import { readerOf } from '../reader.ts'

const simulatedMessage = messageView
  .extend({ content: contentView.nullable() })
  .meta({ id: 'SimulatedMessage' })
const params = z.strictObject({ id: edgeId('message') })

const ACTS = [
  ['deliver', 'Report a simulated message as delivered'],
  ['open', 'Look at a simulated message'],
  ['click', 'Follow a link of a simulated message'],
  ['bounce', 'Report that the address of a simulated message does not exist'],
  ['fail', 'Report that a simulated message could not be delivered'],
  ['complain', 'Report a simulated message as spam'],
] as const satisfies (readonly [SimulatedAct, string])[]

export const simulatorRoutes = [
  route({
    method: 'get',
    path: '/v1/simulator/messages',
    summary: 'What simulator transports took over, newest first, with their content',
    permission: 'messages:read',
    query: z.strictObject({
      ...pagingQuery(z.int().positive()),
      member: z.string().max(200).optional(),
      channel: z.enum(CHANNELS).optional(),
    }),
    responses: { 200: listOf(simulatedMessage) },
    async handle({ query: { cursor, limit, ...filter } }, services) {
      const { db, desk, workspace } = services
      const body = await db.inWorkspace(workspace, async (tx) => {
        const rows = await listMessages(tx, { ...filter, simulated: true, before: cursor, limit: limit + 1 })
        const reader = await readerOf(tx, desk.memory)
        const { items, next } = pageOf(rows, limit, (row) => row.id)
        const contents = await contentsOf(tx, items, trackingIn(services, workspace))
        return {
          items: items.map((row) => ({
            ...presentMessage(row, reader),
            content: contents.get(row.id) ?? null,
          })),
          next,
        }
      })
      return { status: 200, body }
    },
  }),
  ...ACTS.map(([act, summary]) =>
    route({
      method: 'post',
      path: `/v1/simulator/messages/:id/${act}`,
      summary,
      permission: 'messages:write',
      params,
      responses: { 200: messageView },
      async handle({ params: { id } }, context) {
        return { status: 200, body: await simulate(context, { message: id, act }) }
      },
    }),
  ),
  route({
    method: 'post',
    path: '/v1/simulator/messages/:id/reply',
    summary: 'Answer a simulated message as its recipient; STOP and START end in the ledger of consent',
    permission: 'messages:write',
    params,
    body: z.strictObject({ text: z.string().min(1).max(5_000) }),
    responses: { 200: messageView },
    async handle({ params: { id }, body: { text } }, context) {
      return { status: 200, body: await simulate(context, { message: id, act: 'reply', text }) }
    },
  }),
]

/** The same way a provider's receipt takes. Answers the message as it is afterwards. */
async function simulate(
  { db, desk, workspace }: Context,
  of: { message: number; act: SimulatedAct; text?: string },
) {
  const receipt = await db.inWorkspace(workspace, (tx) => simulatedReceipt(tx, of))
  await takeReceipts(db, { ...desk, workspace }, [receipt])
  return db.inWorkspace(workspace, async (tx) =>
    presentMessage(await readMessage(tx, of.message), await readerOf(tx, desk.memory)),
  )
}
