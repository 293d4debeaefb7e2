import { z } from 'zod'
import type { EnrollmentRow } from '../../db/enrollments.ts'
import { encodeId } from '../../db/ids.ts'
import { listMessages } from '../../db/messages.ts'
import type { Tx } from '../../db/pool.ts'
import type { TestRunRow } from '../../db/test-runs.ts'
import type { Reader } from '../../flow/reader.ts'
import { enrollmentStory, tellEnrollments } from '../enrollments/enrollment-view.ts'
import { messageView, presentMessage } from '../messages/message-view.ts'

const count = z.int()

export const testRunView = z
  .strictObject({
    id: z.string(),
    flow: z.string(),
    revision: z.int().describe('Of the draft that was tried.'),
    waits: z.string().describe('How long every wait takes instead.'),
    startedBy: z.string(),
    startedAt: z.iso.datetime(),
    state: z.enum(['running', 'done']).describe('Done once nobody is inside any more.'),
    counts: z.strictObject({ members: count, active: count, resting: count, ended: count }),
  })
  .meta({ id: 'TestRun' })

/** A test run with what it has done for each member so far, in the order they entered. */
export const testRunStory = testRunView
  .extend({
    members: z.array(enrollmentStory.extend({ messages: z.array(messageView) })),
    next: z.string().nullable(),
  })
  .meta({ id: 'TestRunStory' })

export function presentTestRun(row: TestRunRow): z.input<typeof testRunView> {
  const { active, resting, ended } = row
  return {
    id: encodeId('testRun', row.id),
    flow: encodeId('flow', row.flow),
    revision: row.revision,
    waits: row.waits,
    startedBy: row.author,
    startedAt: row.started_at.toISOString(),
    state: active + resting > 0 ? 'running' : 'done',
    counts: { members: active + resting + ended, active, resting, ended },
  }
}

export async function tellTesters(
  tx: Tx,
  rows: EnrollmentRow[],
  reader: Reader,
): Promise<z.input<typeof testRunStory>['members']> {
  const enrollments = rows.map((row) => row.id)
  const limit = MESSAGES_AT_MOST * rows.length
  const messages = rows.length > 0 ? await listMessages(tx, { enrollments, limit }) : []
  const sent = Map.groupBy(messages.toReversed(), (message) => encodeId('enrollment', message.enrollment))
  const told = await tellEnrollments(tx, rows, reader)
  return told.map((story) => ({
    ...story,
    messages: (sent.get(story.id) ?? []).map((message) => presentMessage(message, reader)),
  }))
}

/** More than any flow sends one member: a drawing has fewer hops. */
const MESSAGES_AT_MOST = 1_000
