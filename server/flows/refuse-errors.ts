import { invalid } from '../../db/fault.ts'
import type { Problem } from '../../flow/problem.ts'

/** A drawing with errors does not run: each is told at its place. Warnings do not refuse. */
export function refuseErrors(problems: Problem[]): void {
  const errors = problems.filter((problem) => problem.severity === 'error')
  if (errors.length === 0) return
  throw invalid(errors.map(({ code, path, message }) => ({ code, path, message })))
}
