import { z } from 'zod'
import { invalid } from '../../db/fault.ts'
import { encodeId } from '../../db/ids.ts'
import { enterSingle } from '../../db/single.ts'
import { readCatalog } from '../catalog.ts'
import { flowDocumentSchema, type FlowDocument } from '../../flow/document.ts'
import { validate } from '../../flow/validate.ts'
import { route } from '../http/route.ts'

const body = z
  .strictObject({
    member: z.string().min(1).max(200),
    template: z.string().min(1).max(100),
    data: z.record(z.string(), z.json()).optional(),
    route: z.json().optional().describe('As in a send node; left out: the preferred channel first.'),
    purpose: z.literal('transactional', 'A single message is transactional; marketing goes by flow or campaign, with a topic.'),
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
    async handle({ body, once }, { desk, principal }) {
      return once(async (tx) => {
        const document = drawing(body)
        const errors = validate(document, await readCatalog(tx, desk.memory)).filter((problem) => problem.severity === 'error')
        if (errors.length > 0) throw invalid(errors.map(({ code, path, message }) => ({ code, path, message })))
        const single = { member: body.member, document, data: body.data ?? {}, author: principal.name }
        const enrollment = await enterSingle(tx, desk.memory, single)
        return { status: 202 as const, body: { enrollment: encodeId('enrollment', enrollment) } }
      })
    },
  }),
]

/** The flow a single message is: a launch and a send. A bad route is told at its place in the request. */
function drawing({ template, route: wanted }: z.output<typeof body>): FlowDocument {
  const send = { kind: 'send', template, route: wanted ?? { strategy: 'preferred' }, exits: { next: null, failed: null } }
  const parsed = flowDocumentSchema.safeParse({
    schema: 'fanfare.flow/1',
    name: `Single message: ${template}`,
    settings: { purpose: 'transactional', reentry: { policy: 'every', concurrent: true } },
    start: 'launch',
    nodes: { launch: { kind: 'trigger', on: { launch: true }, exits: { next: 'send' } }, send },
    notes: [],
  })
  if (parsed.success) return parsed.data
  throw invalid(
    parsed.error.issues.map(({ path, code, message }) => ({ path: path.slice(2).map(String).join('.'), code, message })),
  )
}
