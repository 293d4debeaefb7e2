/**
 * What a log may say of an error: its kind, its code and where it arose. Never its message: those of PostgreSQL and of
 * providers quote values, and values are people's.
 */
export function faultLine(error: unknown): { kind: string; code?: string; at?: string[] } {
  if (!(error instanceof Error)) return { kind: typeof error }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  const at = frames.slice(0, 8).map((line) => line.trim())
  return { kind: error.name, ...(code && { code }), at }
}
