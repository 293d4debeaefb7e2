import { z } from 'zod'
import { ingest } from '../../../db/events.ts'
import type { Memory } from '../../../db/memory.ts'
import { eventSchema, posting } from '../../events/posting.ts'
import { linesNamed, type Fields } from '../columns.ts'
import type { Kind } from '../kind.ts'

const FIELDS: Fields = {
  fixed: linesNamed('id', 'type', 'member', 'at'),
  open: 'data',
  required: ['id', 'type', 'member'],
}

interface Ingesting {
  workspace: number
  memory: Memory
  now: () => Date
  /** What happened long ago starts, wakes and ends nothing. */
  history: boolean
}

/** Rows that `POST /v1/events` would take. Many at once: whoever enters a flow by them travels with the bulk. */
export function eventRows(of: Ingesting): Kind<z.output<typeof eventSchema>> {
  return {
    fields: FIELDS,
    schema: eventSchema,
    async store(tx, lines) {
      const posted = lines.map(({ value }) => posting(value, of.now()))
      const { workspace, history } = of
      const { duplicates } = await ingest(tx, of.memory, { workspace, posted, lane: 'bulk', history })
      return { duplicates, rejects: [] }
    },
  }
}
