import { newestLease } from '../db/health.ts'
import type { Db } from '../db/pool.ts'
import { EnvFault } from './env.ts'

const UNDEFINED_TABLE = '42P01'
const UNREACHABLE = /^(ECONN|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|57P03)/
const REFUSED = /^(28|3D)/

/** One look before the start, so that a person reads a sentence where the driver would give a code. */
export async function checkDatabase(db: Db): Promise<void> {
  try {
    await newestLease(db)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const words = wordsFor(code)
    throw words ? new EnvFault(words, { cause: error }) : error
  }
}

/** Whether it may answer if it is only waited for: it is being started, or restarted. */
export function isAway(error: unknown): boolean {
  return error instanceof Error && 'code' in error && UNREACHABLE.test(String(error.code))
}

function wordsFor(code: string): string | undefined {
  if (code === UNDEFINED_TABLE) return 'The database has no tables yet. Run `node server/migrate.ts` first.'
  if (UNREACHABLE.test(code))
    return 'The database at DATABASE_URL does not answer. Start it, or correct DATABASE_URL.'
  if (REFUSED.test(code)) return 'The database refused user, password or name of DATABASE_URL. Correct them.'
  return undefined
}
