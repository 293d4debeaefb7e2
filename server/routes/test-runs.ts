import { z } from 'zod'
import { recordAudit } from '../../db/audit.ts'
import { enrollmentsOfTest } from '../../db/enrollments.ts'
import { invalid } from '../../db/fault.ts'
import { readFlow } from '../../db/flows.ts'
import { encodeId } from '../../db/ids.ts'
import { externalIdSchema } from '../../db/member-change.ts'
import { listTestRuns, readTestRun, startTestRun } from '../../db/test-runs.ts'
import { findTesters } from '../../db/testers.ts'
import { audienceIssues } from '../../flow/conditions/audience.ts'
import { conditionSchema } from '../../flow/conditions/schema.ts'
import { durationSchema } from '../../flow/duration-schema.ts'
import { keySchema } from '../../flow/key.ts'
import { migrate } from '../../flow/migrate.ts'
import { problemsOf } from '../flows/problems-of.ts'
import { refuseErrors } from '../flows/refuse-errors.ts'
import { eventData } from '../events/posting.ts'
import { edgeId } from '../http/edge-id.ts'
import { listOf, pageOf, pagingQuery } from '../http/paging.ts'
import { route } from '../http/route.ts'
import { readerOf } from '../reader.ts'
import { presentTestRun, tellTesters, testRunStory, testRunView } from '../test-runs/test-run-view.ts'

const params = z.strictObject({ id: edgeId('flow') })

const body = z
  .strictObject({
    audience: z
      .union([keySchema, conditionSchema])
      .optional()
      .describe('Its key or a condition; *Testers* when neither this nor members are given.'),
    members: z.array(externalIdSchema).min(1).max(1_000).optional().describe('External ids.'),
    event: z
      .strictObject({ data: eventData })
      .optional()
      .describe('What starts the flow for each of them, whatever its trigger asks for.'),
    waits: durationSchema.default('PT5S').describe('How long every wait takes instead.'),
  })
  .meta({ id: 'TestRunStart' })

export const testRunRoutes = [
  route({
    method: 'post',
    path: '/v1/flows/:id/test-run',
    summary: 'Try the draft on a few members: real messages, waits of seconds, counted nowhere',
    permission: 'flows:publish',
    params,
    body,
    idempotent: true,
    responses: { 202: z.strictObject({ testRun: z.string() }) },
    async handle({ params: { id }, body, once }, context) {
      const { memory } = context.desk
      return once(async (tx) => {
        const flow = await readFlow(tx, id)
        const document = migrate(flow.draft)
        refuseErrors(await problemsOf(tx, context, document))
        const members = await findTesters(tx, memory, testersOf(body))
        const { waits, event } = body
        const testing = {
          flow,
          document,
          members,
          data: event?.data ?? {},
          waits,
          author: context.principal.name,
        }
        const testRun = encodeId('testRun', await startTestRun(tx, memory, testing))
        const after = { testRun, members: members.length }
        const subject = encodeId('flow', id)
        await recordAudit(tx, { actor: context.principal.name, action: 'flow.test-run', subject, after })
        return { status: 202 as const, body: { testRun } }
      })
    },
  }),
  route({
    method: 'get',
    path: '/v1/flows/:id/test-runs',
    summary: 'Test runs of a flow, newest first',
    permission: 'flows:read',
    params,
    query: z.strictObject(pagingQuery(z.int().positive())),
    responses: { 200: listOf(testRunView) },
    async handle({ params: { id }, query: { cursor, limit } }, { db, workspace }) {
      const rows = await db.inWorkspace(workspace, async (tx) => {
        await readFlow(tx, id)
        return listTestRuns(tx, { flow: id, before: cursor, limit: limit + 1 })
      })
      const { items, next } = pageOf(rows, limit, (row) => row.id)
      return { status: 200, body: { items: items.map(presentTestRun), next } }
    },
  }),
  route({
    method: 'get',
    path: '/v1/test-runs/:id',
    summary: 'A test run: where each member is, why, and what was sent to them',
    permission: 'flows:read',
    params: z.strictObject({ id: edgeId('testRun') }),
    query: z.strictObject(pagingQuery(z.int().positive())),
    responses: { 200: testRunStory },
    async handle({ params: { id }, query: { cursor, limit } }, { db, desk, workspace }) {
      const body = await db.inWorkspace(workspace, async (tx) => {
        const testRun = presentTestRun(await readTestRun(tx, id))
        const rows = await enrollmentsOfTest(tx, { testRun: id, after: cursor, limit: limit + 1 })
        const { items, next } = pageOf(rows, limit, (row) => row.id)
        const members = await tellTesters(tx, items, await readerOf(tx, desk.memory))
        return { ...testRun, members, next }
      })
      return { status: 200, body }
    },
  }),
]

function testersOf({ audience, members }: z.output<typeof body>) {
  if (audience !== undefined && members) {
    const message = 'Name members or an audience, not both.'
    throw invalid([{ path: 'audience', code: 'members-or-audience', message }])
  }
  if (members) return { members }
  if (audience === undefined || typeof audience === 'string') return { audience: audience ?? 'Testers' }
  const issues = audienceIssues('', audience, {})
  const inBody = (path: string): string => (path ? `audience.${path}` : 'audience')
  if (issues.length > 0) throw invalid(issues.map((issue) => ({ ...issue, path: inBody(issue.path) })))
  return { audience }
}
