import { z } from 'zod'
import type { LaunchRow } from '../../db/launches.ts'
import { conditionSchema } from '../../flow/conditions/schema.ts'
import type { Reader } from '../../flow/reader.ts'
import { say } from '../../flow/words.ts'
import { launchProgress, progressShape } from './launch-progress.ts'

export const launchView = z
  .strictObject({
    ...progressShape,
    reason: z.string().nullable().describe('Why it ended early, or did not run.'),
    audience: z.union([z.string(), conditionSchema]).nullable().describe('null: members by name.'),
    scheduledAt: z.iso.datetime().nullable().describe('The instant of the flow’s schedule; null: asked for.'),
    author: z.string(),
    rate: z
      .strictObject({ perMinute: z.int() })
      .nullable()
      .describe('How many may enter; null: as fast as they are carried.'),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Launch' })

export function presentLaunch(row: LaunchRow, reader: Reader): z.input<typeof launchView> {
  return {
    ...launchProgress(row),
    reason: row.reason && say(row.reason, reader),
    audience: row.audience,
    scheduledAt: row.scheduled_at?.toISOString() ?? null,
    author: row.author,
    rate: row.per_minute === null ? null : { perMinute: row.per_minute },
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  }
}
