import { join } from 'node:path'
import { migrate } from '../db/migrate.ts'
import { readEnv } from './env.ts'
import { claimPort } from './start/claim-port.ts'
import { seedDemo } from './start/demo.ts'
import { openHome } from './start/home.ts'
import { openKeeper } from './start/keeper.ts'
import { keptSecret } from './start/kept-secret.ts'
import { nodeProgram } from './start/node-program.ts'
import { ownApi } from './start/own-api.ts'
import { readyBox } from './start/ready-box.ts'
import { openDatabase, openTemporal } from './start/services.ts'
import type { Ground } from './start/services.ts'

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Everything on one machine: database, Temporal, API and worker, kept running until a signal ends them in order. */
async function main(): Promise<void> {
  const asked = readEnv()
  const { home, close } = await openHome(asked.home)
  const keeper = openKeeper(say)
  const end = endOnce(async () => {
    await keeper.stop()
    close()
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void end('Stopping …', 0))
  try {
    const env = readEnv({ ...process.env, PORT: String(await claimPort(asked.host, asked.port)) })
    await bringUp({ env, home, keeper, say })
  } catch (error) {
    await end(error instanceof Error ? error.message : String(error), 1)
  }
}

async function bringUp(ground: Ground): Promise<void> {
  const { env, home, keeper } = ground
  const [databaseUrl, temporalAddress] = await Promise.all([openDatabase(ground), openTemporal(ground)])
  await migrate(databaseUrl)
  const key = env.apiKey ?? keptSecret(join(home, 'api-key'))
  const api = ownApi(env, key)
  const shared = {
    home,
    serves: api.ready,
    env: {
      ...process.env,
      PORT: String(env.port),
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: temporalAddress,
      FANFARE_HOME: home,
      FANFARE_API_KEY: key,
      FANFARE_SECRET: env.secret ?? keptSecret(join(home, 'secret')),
    },
  }
  await Promise.all([
    keeper.start(nodeProgram({ ...shared, name: 'worker', entry: 'server/worker.ts' })),
    keeper.start(nodeProgram({ ...shared, name: 'api', entry: 'server/api.ts' })),
  ])
  if (env.demo)
    await seedDemo(api, say).catch((error: unknown) => say(`The demo is not filled in: ${String(error)}`))
  say(await readyBox({ env, home, api }))
}

/** Further signals while it ends change nothing: npm and the terminal often send the same one twice. */
function endOnce(stop: () => Promise<void>) {
  let ending: Promise<void> | undefined
  return (word: string, code: number): Promise<void> => {
    ending ??= (async () => {
      say(word)
      await stop()
      process.exit(code)
    })()
    return ending
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
