import { pino } from 'pino'
import { ensureFirstKey } from '../db/api-keys.ts'
import { digestWith } from '../db/digest.ts'
import { openMemory } from '../db/memory.ts'
import { openOrm } from '../db/orm.ts'
import { openDb } from '../db/pool.ts'
import { checkDatabase } from './check-database.ts'
import { EnvFault, readServiceEnv } from './env.ts'
import { faultLine } from './fault-line.ts'
import { createApp } from './http/app.ts'
import { authenticator } from './http/authenticate.ts'
import { drain, listen } from './http/listen.ts'
import { rateLimit } from './http/rate-limit.ts'
import { openLive } from './live.ts'
import { openMetrics } from './metrics.ts'
import { ROUTES } from './routes/list.ts'
import { openTemporal } from './temporal.ts'

type ApiEnv = ReturnType<typeof readServiceEnv>

/** Opens everything the API needs and listens. `close` takes no more requests, finishes those in flight, and lets go. */
export async function startApi(env: ApiEnv) {
  const log = pino({ level: env.logLevel, base: { process: 'api' } })
  const db = openDb({ url: env.databaseUrl, max: 10, name: 'fanfare-api' })
  const orm = openOrm({ url: env.databaseUrl, max: 4, name: 'fanfare-api-orm' })
  const temporal = openTemporal(env.temporalAddress)
  await checkDatabase(db)
  if (env.apiKey) await ensureFirstKey(db, env.apiKey)
  const live = await openLive(db)
  const app = createApp({
    routes: ROUTES,
    proxies: env.proxies,
    edge: {
      authenticate: authenticator(db),
      keyRate: rateLimit(env.keyRate),
      publicRate: rateLimit(env.publicRate),
      checkAnswers: !env.production,
    },
    services: {
      db,
      orm,
      desk: { digest: digestWith(env.secret), memory: openMemory() },
      temporal,
      live,
      log,
      metrics: openMetrics(db),
      now: () => new Date(),
      publicUrl: env.publicUrl,
      secret: env.secret,
      reach: env.reach,
    },
  })
  const server = await listen(app, env)
  const address = server.address()
  log.info({ host: env.host, port: typeof address === 'object' ? address?.port : env.port }, 'listening')
  const close = async (): Promise<void> => {
    await Promise.all([drain(server), live.close()])
    await Promise.all([db.close(), orm.close(), temporal.connection.close()])
    log.info('closed')
  }
  return { server, close }
}

async function main(): Promise<void> {
  const api = await startApi(readServiceEnv())
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void api.close().then(() => process.exit(0)))
  }
}

if (import.meta.main) {
  main().catch((error: unknown) => {
    const words =
      error instanceof EnvFault
        ? error.message
        : `The API could not start: ${JSON.stringify(faultLine(error))}`
    process.stderr.write(`${words}\n`)
    process.exit(1)
  })
}
