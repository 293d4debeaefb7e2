import { z } from 'zod'
import { listEventTypes } from '../../db/event-types.ts'
import { ingest } from '../../db/events.ts'
import { retryDeadlock } from '../../db/retry-deadlock.ts'
import { eventSchema, posting } from '../events/posting.ts'
import { route } from '../http/route.ts'

const eventTypeView = z
  .strictObject({
    type: z.string(),
    fields: z.array(z.strictObject({ path: z.string(), example: z.unknown() })),
    firstSeenAt: z.iso.datetime(),
  })
  .meta({ id: 'EventType' })

export const eventRoutes = [
  route({
    method: 'post',
    path: '/v1/events',
    summary: 'Post what happened to members; answered after the commit',
    permission: 'events:write',
    body: z.union([eventSchema, z.array(eventSchema).min(1).max(1_000)]),
    responses: { 202: z.strictObject({ accepted: z.int(), duplicates: z.int() }) },
    async handle({ body }, { db, desk, workspace, now, metrics }) {
      const posted = (Array.isArray(body) ? body : [body]).map((event) => posting(event, now()))
      const answer = await retryDeadlock(() =>
        db.inWorkspace(workspace, (tx) => ingest(tx, desk.memory, { workspace, posted })),
      )
      metrics.eventsIngested('accepted', answer.accepted)
      metrics.eventsIngested('duplicate', answer.duplicates)
      return { status: 202, body: answer }
    },
  }),
  route({
    method: 'get',
    path: '/v1/events/types',
    summary: 'The catalogue: event types seen so far, with their fields',
    permission: 'events:read',
    responses: { 200: z.strictObject({ items: z.array(eventTypeView), next: z.null() }) },
    async handle(_, { db, workspace }) {
      const types = await db.inWorkspace(workspace, listEventTypes)
      const items = types.map(({ type, fields, first_seen_at }) => ({
        type,
        fields: Object.entries(fields).map(([path, example]) => ({ path, example })),
        firstSeenAt: first_seen_at.toISOString(),
      }))
      return { status: 200, body: { items, next: null } }
    },
  }),
]
