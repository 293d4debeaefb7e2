import { z } from 'zod'
import { invalid } from '../../db/fault.ts'
import { encodeId } from '../../db/ids.ts'
import { enterSingle } from '../../db/single.ts'
import { flowDocumentSchema, type FlowDocument } from '../../flow/document.ts'
import { routeSchema } from '../../flow/nodes/send.ts'
import type { Problem } from '../../flow/problem.ts'
import { problemsOf } from '../flows/problems-of.ts'
import { eventData } from '../events/posting.ts'
import { route } from '../http/route.ts'

const body = z
  .strictObject({
    member: z.string().min(1).max(200),
    template: z.string().min(1).max(100),
    data: eventData.optional(),
    route: routeSchema.optional().describe('As in a send node; left out: the preferred channel first.'),
    purpose: z.literal(
      'transactional',
      'A single message is transactional; marketing goes by flow or campaign, with a topic.',
    ),
  })
  .meta({ id: 'SingleMessage' })

export const singleMessageRoutes = [
  route({
    method: 'post',
    path: '/v1/messages',
    summary: 'Send one transactional message to one member, in the urgent lane',
    permission: 'messages:write',
    body,
    idempotent: true,
    responses: { 202: z.strictObject({ enrollment: z.string() }) },
    async handle({ body, once }, context) {
      const { desk, principal } = context
      return once(async (tx) => {
        const document = drawing(body)
        refuseErrors(await problemsOf(tx, context, document))
        const single = { member: body.member, document, data: body.data ?? {}, author: principal.name }
        const enrollment = await enterSingle(tx, desk.memory, single)
        return { status: 202 as const, body: { enrollment: encodeId('enrollment', enrollment) } }
      })
    },
  }),
]

/** The flow a single message is: a launch and a send. */
function drawing({ template, route: wanted }: z.output<typeof body>): FlowDocument {
  const send = {
    kind: 'send',
    template,
    route: wanted ?? { strategy: 'preferred' },
    exits: { next: null, failed: null },
  }
  return flowDocumentSchema.parse({
    schema: 'fanfare.flow/1',
    name: `Single message: ${template}`,
    settings: { purpose: 'transactional', reentry: { policy: 'every', concurrent: true } },
    start: 'launch',
    nodes: { launch: { kind: 'trigger', on: { launch: true }, exits: { next: 'send' } }, send },
    notes: [],
  })
}

/** Of the drawing, the send alone is the caller's: its faults are told at their place in the request. */
function refuseErrors(problems: Problem[]): void {
  const errors = problems.filter(({ severity, nodeId }) => severity === 'error' && nodeId === 'send')
  if (errors.length === 0) return
  throw invalid(
    errors.map(({ code, path, message }) => ({ code, path: path.replace('nodes.send.', ''), message })),
  )
}
