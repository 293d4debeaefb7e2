import { z } from 'zod'
import { dryRunAnswer } from '../dry-run/answer.ts'
import { dryRunAsked } from '../dry-run/asked.ts'
import { prepare } from '../dry-run/prepare.ts'
import { run } from '../dry-run/run.ts'
import { streamed } from '../dry-run/streamed.ts'
import { edgeId } from '../http/edge-id.ts'
import { route } from '../http/route.ts'

const progress = z.strictObject({ progress: z.strictObject({ done: z.int(), of: z.int() }) })

export const dryRunRoutes = [
  route({
    method: 'post',
    path: '/v1/flows/:id/dry-run',
    summary: 'What the draft would do to everyone, or to some: sends and stores nothing',
    permission: 'flows:read',
    params: z.strictObject({ id: edgeId('flow') }),
    body: dryRunAsked,
    responses: { 200: { json: dryRunAnswer, lines: progress } },
    async handle({ params: { id }, body: asked, headers, gone }, context) {
      const prepared = await prepare(context, { flow: id, asked })
      if (headers.accept?.includes('application/x-ndjson'))
        return { status: 200, body: (response) => streamed(response, context, { prepared, gone }) }
      return { status: 200, body: await run(context, prepared, { gone }) }
    },
  }),
]
