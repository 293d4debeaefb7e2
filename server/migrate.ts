import { migrate } from '../db/migrate.ts'
import { EnvFault, readEnv } from './env.ts'

/** Brings the database of DATABASE_URL to the newest schema and ends: once before the other processes of a release. */
async function main(): Promise<void> {
  const { databaseUrl } = readEnv()
  if (!databaseUrl)
    throw new EnvFault('DATABASE_URL is not set. Set it to postgres://user:password@host:5432/name.')
  await migrate(databaseUrl)
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof EnvFault ? error.message : `The migration failed: ${String(error)}`}\n`,
  )
  process.exitCode = 1
})
