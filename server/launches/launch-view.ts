import { z } from 'zod'
import { encodeId } from '../../db/ids.ts'
import type { LaunchRow } from '../../db/launches.ts'
import { conditionSchema } from '../../flow/conditions/schema.ts'
import type { Reader } from '../../flow/reader.ts'
import { say } from '../../flow/words.ts'

const count = z.int()

export const launchView = z
  .strictObject({
    id: z.string(),
    flow: z.string(),
    state: z.enum(['running', 'done', 'stopped', 'failed', 'skipped']),
    reason: z.string().nullable().describe('Why it ended early, or did not run.'),
    audience: z.union([z.string(), conditionSchema]).nullable().describe('null: members by name.'),
    scheduledAt: z.iso.datetime().nullable().describe('The instant of the flow’s schedule; null: asked for.'),
    author: z.string(),
    counts: z
      .strictObject({ lookedAt: count, entered: count, refused: z.record(z.string(), count) })
      .describe('Looked at = entered + refused, by the code of the reason.'),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Launch' })

export function presentLaunch(row: LaunchRow, reader: Reader): z.input<typeof launchView> {
  const { looked_at: lookedAt, entered, refused } = row
  return {
    id: encodeId('launch', row.id),
    flow: encodeId('flow', row.flow),
    state: row.state,
    reason: row.reason && say(row.reason, reader),
    audience: row.audience,
    scheduledAt: row.scheduled_at?.toISOString() ?? null,
    author: row.author,
    counts: { lookedAt, entered, refused },
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  }
}
