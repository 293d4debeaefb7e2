import { z } from 'zod'
import type { FlowRow } from '../../db/flows.ts'
import { encodeId } from '../../db/ids.ts'
import type { Tx } from '../../db/pool.ts'
import { migrate } from '../../flow/migrate.ts'
import type { Context } from '../http/context.ts'
import { problemView } from './problem-view.ts'
import { problemsOf } from './problems-of.ts'

export const flowSummary = z.strictObject({
  id: z.string(),
  name: z.string(),
  state: z.enum(['draft', 'live', 'paused', 'stopped']),
  revision: z.int(),
  version: z.int().nullable(),
  pausedAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})

export const flowView = flowSummary
  .extend({ draft: z.unknown(), problems: z.array(problemView) })
  .meta({ id: 'Flow' })

export async function presentFlow(
  tx: Tx,
  context: Pick<Context, 'desk' | 'reach'>,
  flow: FlowRow,
): Promise<z.input<typeof flowView>> {
  return {
    ...presentFlowSummary(flow),
    draft: flow.draft,
    problems: await problemsOf(tx, context, migrate(flow.draft)),
  }
}

export function presentFlowSummary(flow: FlowRow): z.input<typeof flowSummary> {
  return {
    id: encodeId('flow', flow.id),
    name: flow.name,
    state: flow.state,
    revision: flow.revision,
    version: flow.number,
    pausedAt: flow.paused_at?.toISOString() ?? null,
    createdAt: flow.created_at.toISOString(),
    updatedAt: flow.updated_at.toISOString(),
  }
}
