import { z } from 'zod'
import { nowOf } from '../../db/clock.ts'
import type { FlowRow } from '../../db/flows.ts'
import { encodeId } from '../../db/ids.ts'
import type { Memory } from '../../db/memory.ts'
import type { Tx } from '../../db/pool.ts'
import { scheduleOf } from '../../db/schedules.ts'
import { nextRun } from '../../flow/cron-runs.ts'
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
  .extend({
    draft: z.unknown(),
    problems: z.array(problemView),
    nextRuns: z.array(z.iso.datetime()).describe('Of its schedule, as long as it takes entries.'),
  })
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
    nextRuns: await nextRuns(tx, context.desk.memory, flow),
  }
}

const SHOWN = 3

async function nextRuns(tx: Tx, memory: Memory, { state, version }: FlowRow): Promise<string[]> {
  const clock = version && state !== 'stopped' ? await scheduleOf(tx, memory, version) : undefined
  const runs: number[] = []
  for (let at = clock ? await nowOf(tx) : null; clock && at !== null && runs.length < SHOWN;) {
    at = nextRun(clock.cron, clock.zone, at)
    if (at !== null) runs.push(at)
  }
  return runs.map((at) => new Date(at).toISOString())
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
