import type { ServerResponse } from 'node:http'
import type { Context } from '../http/context.ts'
import { presentProblem, toProblem } from '../http/problem.ts'
import { faultLine } from '../fault-line.ts'
import type { Prepared } from './prepare.ts'
import { run } from './run.ts'

/** A line for each page that is played, and last the answer, or the problem that ended it. */
export async function streamed(
  response: ServerResponse,
  context: Context,
  { prepared, gone }: { prepared: Prepared; gone: AbortSignal },
): Promise<void> {
  const write = (line: object): void => void response.write(`${JSON.stringify(line)}\n`)
  const onProgress = (done: number): void => write({ progress: { done, of: prepared.size } })
  try {
    write(await run(context, prepared, { gone, onProgress }))
  } catch (error) {
    if (gone.aborted) return
    const problem = toProblem(error)
    if (problem.status >= 500) context.log.error(faultLine(error), 'a dry run failed')
    write({ problem: presentProblem(problem) })
  } finally {
    response.end()
  }
}
