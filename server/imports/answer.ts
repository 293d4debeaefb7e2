import type { ServerResponse } from 'node:http'
import { listRejects } from '../../db/import-rejects.ts'
import type { ImportOf, ImportProgress } from '../../db/imports.ts'
import type { Context } from '../http/context.ts'
import { presentProblem, toProblem } from '../http/problem.ts'
import type { Stream } from '../http/stream.ts'
import { beginImport } from './begin.ts'
import { presentAnswer, presentLine, REJECTS_SHOWN } from './import-view.ts'
import type { Kind } from './kind.ts'
import type { Reading } from './reading.ts'
import { digestOfNothing } from './run.ts'
import { takeImport } from './take.ts'

export interface Importing<V> {
  of: ImportOf
  stream: Stream
  reading: Reading
  kind: Kind<V>
  /** What the caller takes as an answer: progress line by line, or the end alone. */
  accept: string | undefined
}

/** The answer to a file: at once when it is in, or with a line for each batch of its rows. */
export async function answerImport<V>(context: Context, importing: Importing<V>) {
  const { of, stream, reading, kind, accept } = importing
  const held = await beginImport(context, of, digestOfNothing(stream.type, reading))
  const take = async (tell: (progress: ImportProgress) => void) => {
    const onProgress = (to: ImportProgress, from: ImportProgress): void => {
      if (of.kind === 'events') countEvents(context, to, from)
      tell(to)
    }
    const row = await takeImport(context, { stream, reading, kind, held, onProgress })
    const rejects = await context.db.inWorkspace(context.workspace, (tx) =>
      listRejects(tx, { of: row.id, limit: REJECTS_SHOWN }),
    )
    return presentAnswer(row, rejects)
  }
  if (!accept?.includes('application/x-ndjson')) return { status: 200 as const, body: await take(() => {}) }
  const body = (response: ServerResponse) =>
    inLines(response, (write) => take((progress) => write(presentLine(held.id, progress))))
  return { status: 200 as const, body }
}

function countEvents({ metrics }: Context, to: ImportProgress, from: ImportProgress): void {
  metrics.eventsIngested('accepted', to.accepted - from.accepted)
  metrics.eventsIngested('duplicate', to.duplicates - from.duplicates)
}

async function inLines(
  response: ServerResponse,
  work: (write: (line: object) => void) => Promise<object>,
): Promise<void> {
  const write = (line: object): void => void response.write(`${JSON.stringify(line)}\n`)
  try {
    write(await work(write))
  } catch (error) {
    write({ problem: presentProblem(toProblem(error)) })
  } finally {
    response.end()
  }
}
