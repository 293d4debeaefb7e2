import { ApplicationFailure, CancelledFailure } from '@temporalio/activity'

/**
 * What Temporal's histories may keep of a failure: its kind or code. Never its message: those of PostgreSQL and of
 * providers quote values, and values are people's.
 */
export function bareFailure(error: unknown): Error {
  if (error instanceof CancelledFailure) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
  const type = code ?? (error instanceof Error ? error.name : typeof error)
  const bare = ApplicationFailure.create({ message: 'It failed and is tried again.', type })
  bare.stack = ''
  return bare
}
