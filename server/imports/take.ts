import { Fault } from '../../db/fault.ts'
import { encodeId } from '../../db/ids.ts'
import { endImport, finishImport, readImport, type ImportProgress, type ImportRow } from '../../db/imports.ts'
import { faultLine } from '../fault-line.ts'
import type { Context } from '../http/context.ts'
import { Problem, toProblem } from '../http/problem.ts'
import { clean } from './clean.ts'
import { FileFault } from './file-fault.ts'
import { openRuler } from './ruler.ts'
import { runImport, saidOf, type Running } from './run.ts'

/** Takes in all that is sent, and answers where the import stands then. Throws a problem where it had to stop. */
export async function takeImport<V>(context: Context, running: Running<V>): Promise<ImportRow> {
  const { held } = running
  if (held.state === 'done') return again(running)
  try {
    const done = await runImport(context, running)
    return await context.db.inWorkspace(context.workspace, async (tx) => {
      await finishImport(tx, held, done)
      return readImport(tx, held.id)
    })
  } catch (error) {
    throw await stopped(context, held, error)
  }
}

/** A file that is in already: it is only compared. */
async function again<V>({ stream, reading, held }: Running<V>): Promise<ImportRow> {
  const ruler = openRuler(saidOf(stream.type, reading))
  for await (const _ of clean(stream.bytes, ruler)) ruler.digestAt(ruler.fed())
  if (ruler.digestAt(ruler.fed()).equals(held.digest)) return held
  throw new Problem({
    status: 409,
    code: 'import-other-file',
    detail: 'This Idempotency-Key was used for another file. Take a new key for each file.',
  })
}

/** Notes why an import stops, and answers what to tell whoever sent it. */
async function stopped({ db, workspace, log }: Context, held: ImportRow, error: unknown): Promise<unknown> {
  const reason = reasonOf(error)
  const state = error instanceof FileFault ? 'failed' : 'stopped'
  const progress = await db
    .inWorkspace(workspace, async (tx) => {
      await endImport(tx, held, { state, reason })
      return readImport(tx, held.id)
    })
    .catch(() => undefined) // whatever stopped the import may refuse this, too: it shows as stopped soon
  const told = inWords(error, progress ?? held)
  if (told instanceof Problem && told.status >= 500) log.error(faultLine(error), 'an import stopped')
  return told
}

function reasonOf(error: unknown): { code: string; message: string } {
  if (error instanceof FileFault) return { code: error.code, message: error.message }
  if (isGone(error)) return { code: 'cut', message: 'The connection broke off.' }
  const { code, message } = toProblem(error)
  return { code, message }
}

const isGone = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'

function inWords(error: unknown, held: ImportRow): unknown {
  if (isGone(error) || error instanceof Fault) return error
  const headers = { location: `/v1/imports/${encodeId('import', held.id)}` }
  if (error instanceof FileFault) {
    const detail = `${error.message} ${whatIsIn(held)} ${held.key ? 'Mend it, and send it again with the same Idempotency-Key to go on from there.' : ''}`
    return new Problem({
      status: 422,
      code: error.code,
      detail: detail.trim(),
      issues: error.issues,
      headers,
    })
  }
  const problem = toProblem(error)
  if (problem.status !== 503) return problem
  const next = held.key
    ? 'Send the file again with the same Idempotency-Key, and it goes on from there.'
    : 'Send the file again; with an Idempotency-Key it would go on from there.'
  const detail = `The database stores no more at the moment. ${whatIsIn(held)} ${next}`
  return new Problem({
    status: 503,
    code: 'unavailable',
    detail,
    headers: { ...headers, 'retry-after': '10' },
  })
}

function whatIsIn({ rows }: ImportProgress): string {
  if (rows === 0) return 'Nothing of the file is stored.'
  return rows === 1 ? 'Its first row is dealt with.' : `Its first ${rows} rows are dealt with.`
}
