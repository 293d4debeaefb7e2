import { z } from 'zod'
import { encodeId } from '../../db/ids.ts'
import type { LaunchRow } from '../../db/launches.ts'
import { secondsLeft, speedNow } from '../../flow/launch-progress.ts'

const count = z.int()

export const progressShape = {
  id: z.string(),
  flow: z.string(),
  state: z.enum(['running', 'paused', 'done', 'stopped', 'cancelled', 'failed', 'skipped']),
  total: count.nullable().describe('How many are in it; null until that is known, a moment after it began.'),
  counts: z
    .strictObject({ lookedAt: count, entered: count, refused: z.record(z.string(), count) })
    .describe('Looked at = entered + refused, by the code of the reason.'),
  perSecond: z.number().describe('Members looked at a second, in about the last ten seconds.'),
  secondsLeft: count.nullable().describe('At this speed; null: nobody enters now.'),
}

type Progress = z.input<z.ZodObject<typeof progressShape>>

/** How far a launch has come, in numbers alone: what open screens are told once a second. */
export function launchProgress(row: LaunchRow): Progress {
  const { state, total, looked_at: lookedAt, entered, refused } = row
  const perSecond = state === 'running' ? speedOf(row) : 0
  const left = state === 'running' && total !== null ? secondsLeft(total - lookedAt, perSecond) : null
  return {
    id: encodeId('launch', row.id),
    flow: encodeId('flow', row.flow),
    state,
    total,
    counts: { lookedAt, entered, refused },
    perSecond: Math.round(perSecond * 10) / 10,
    secondsLeft: left,
  }
}

function speedOf({ speed, paged_at, started_at, now }: LaunchRow): number {
  const since = started_at.getTime()
  return speedNow({ perSecond: speed, at: paged_at?.getTime() ?? since, since }, now.getTime())
}
