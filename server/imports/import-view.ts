import { z } from 'zod'
import { encodeId } from '../../db/ids.ts'
import type { Reject } from '../../db/import-rejects.ts'
import type { ImportProgress, ImportRow } from '../../db/imports.ts'

const count = z.int()

const counts = {
  rows: count.describe('Dealt with: accepted + duplicates + rejected.'),
  accepted: count,
  duplicates: count.describe('Said what was known: an event, a consent, somebody on the list.'),
}

export const rejectView = z
  .strictObject({
    row: count.describe('The line of the file it begins in, from 1.'),
    issues: z.array(z.strictObject({ path: z.string(), code: z.string(), message: z.string() })),
  })
  .meta({ id: 'RejectedRow', description: '`path` is the column; empty for the whole row.' })

/** Of an answer: the rows themselves, as many as fit. */
export const REJECTS_SHOWN = 1_000

export const importAnswer = z
  .strictObject({
    import: z.string(),
    ...counts,
    rejected: z
      .array(rejectView)
      .describe(`At most ${REJECTS_SHOWN}; the others are at /v1/imports/{id}/rejected.`),
    rejectedRows: count,
  })
  .meta({ id: 'ImportAnswer' })

export const importLine = z.strictObject({
  progress: z.strictObject({ import: z.string(), bytes: count, ...counts, rejectedRows: count }),
})

export const importView = z
  .strictObject({
    id: z.string(),
    kind: z.enum(['members', 'events', 'list', 'consents']),
    list: z.string().nullable(),
    file: z.string().nullable(),
    author: z.string(),
    state: z
      .enum(['running', 'done', 'stopped', 'failed'])
      .describe(
        'stopped: the same file with the same Idempotency-Key goes on; failed: the file must be mended first.',
      ),
    reason: z.string().nullable().describe('Why it stopped or failed.'),
    bytes: count.describe('Of the file, up to the last row that was dealt with.'),
    ...counts,
    rejectedRows: count,
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Import' })

export function presentImport(row: ImportRow): z.input<typeof importView> {
  const { kind, list, file, author, state, reason, bytes } = row
  return {
    id: encodeId('import', row.id),
    kind,
    list,
    file,
    author,
    state,
    bytes,
    ...presentCounts(row),
    reason: reason?.message ?? null,
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  }
}

export function presentAnswer(row: ImportRow, rejects: Reject[]): z.input<typeof importAnswer> {
  const rejected = rejects.map(presentReject)
  return { import: encodeId('import', row.id), ...presentCounts(row), rejected }
}

export function presentLine(id: number, progress: ImportProgress): z.input<typeof importLine> {
  const { bytes } = progress
  return { progress: { import: encodeId('import', id), bytes, ...presentCounts(progress) } }
}

export const presentReject = ({ line, issues }: Reject): z.input<typeof rejectView> => ({ row: line, issues })

function presentCounts({ rows, accepted, duplicates, rejected }: ImportProgress) {
  return { rows, accepted, duplicates, rejectedRows: rejected }
}
