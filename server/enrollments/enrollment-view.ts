import { z } from 'zod'
import { stepsOf, type EnrollmentRow } from '../../db/enrollments.ts'
import { encodeId } from '../../db/ids.ts'
import type { Tx } from '../../db/pool.ts'
import { promised } from '../../flow/pauses.ts'
import type { Reason } from '../../flow/reason.ts'
import type { Reader } from '../../flow/reader.ts'
import { say } from '../../flow/words.ts'
import { presentStep, stepView } from './step-view.ts'

export const enrollmentView = z
  .strictObject({
    id: z.string(),
    member: z.string(),
    version: z.int().nullable().describe('null: a test run, which goes by the draft.'),
    node: z.string(),
    state: z.enum(['active', 'resting', 'ended']),
    dueAt: z.iso.datetime().nullable(),
    reason: z.string().nullable(),
    enteredAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    test: z.boolean(),
  })
  .meta({ id: 'Enrollment' })

/** An enrollment with the steps it took. */
export const enrollmentStory = enrollmentView
  .extend({ steps: z.array(stepView) })
  .meta({ id: 'EnrollmentStory' })

export function presentEnrollment(row: EnrollmentRow, reader: Reader): z.input<typeof enrollmentView> {
  const dueAt = dueOf(row)
  const why = whyOf(row)
  const reason = why && { code: why.code, args: { dueAt: dueAt?.getTime(), ...why.args } }
  return {
    id: encodeId('enrollment', row.id),
    member: row.member,
    version: row.version,
    node: row.node,
    state: row.state,
    dueAt: dueAt?.toISOString() ?? null,
    reason: reason && say(reason, reader),
    enteredAt: row.entered_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    test: row.test,
  }
}

/** The end a rest was promised, put off by pauses; nobody is promised one while their flow is paused. */
function dueOf({ state, rest, due_at, paused, pauses }: EnrollmentRow): Date | null {
  if (state === 'resting' && paused) return null
  const { dueAt } = promised(rest, pauses)
  return due_at && dueAt ? new Date(dueAt) : due_at
}

function whyOf({ state, reason, mark, rest, paused }: EnrollmentRow): Reason | null {
  if (state === 'ended') return reason
  return mark ?? (paused && state === 'resting' ? { code: 'paused' } : rest)
}

export async function tellEnrollments(
  tx: Tx,
  rows: EnrollmentRow[],
  reader: Reader,
): Promise<z.input<typeof enrollmentStory>[]> {
  const ids = rows.map((row) => row.id)
  const steps = Map.groupBy(await stepsOf(tx, ids), (step) => step.enrollment)
  return rows.map((row) => ({
    ...presentEnrollment(row, reader),
    steps: (steps.get(row.id) ?? []).map((step) => presentStep(step, reader)),
  }))
}
