import { Client } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { pino } from 'pino'
import { openCourier } from '../activities/effects/send.ts'
import { openCaller } from '../activities/effects/webhook.ts'
import type { Engine } from '../activities/engine.ts'
import { launchActivities } from '../activities/launch-activities.ts'
import { PACES } from '../activities/pace.ts'
import { resend } from '../activities/resend.ts'
import { walkActivities } from '../activities/walk-activities.ts'
import { digestWith } from '../db/digest.ts'
import { openMemory } from '../db/memory.ts'
import type { Lane } from '../db/hot/stands.ts'
import { openDb } from '../db/pool.ts'
import { EnvFault, readServiceEnv } from './env.ts'
import { faultLine } from './fault-line.ts'
import { openBackground } from './worker/background.ts'
import { openChores } from './worker/chores.ts'
import { openDispatch } from './worker/dispatch.ts'
import { holdLease } from './worker/lease.ts'
import { openNews } from './worker/news.ts'
import { bundleWorkflows, installRuntime, openLanes } from './worker/temporal-workers.ts'

type WorkerEnv = ReturnType<typeof readServiceEnv>

/** Opens everything a worker process needs and runs until `close`: dispatch, walks, reconciler. */
export async function startWorker(env: WorkerEnv) {
  const { log, onFault } = openLog(env)
  const db = openDb({ url: env.databaseUrl, max: 8, name: 'fanfare-worker', planOnce: true })
  const connection = await NativeConnection.connect({ address: env.temporalAddress })
  const client = new Client({ connection })
  const workflowBundle = await bundleWorkflows()
  const lease = await holdLease(db)
  const memory = openMemory()
  const courier = openCourier({ db, memory, publicUrl: env.publicUrl, secret: env.secret, onFault })
  const dispatch = await openDispatch({ db, client, lease: lease.current, onFault })
  const news = openNews(db)
  const background = openBackground(onFault)
  const closing = new AbortController()
  const engine: Engine = {
    db,
    memory,
    digest: digestWith(env.secret),
    courier,
    caller: openCaller({ db, secret: env.secret, reach: env.reach }),
    holders: new Map(),
    bulk: PACES[env.pace],
    closing: closing.signal,
    lease: lease.current,
    onReady: dispatch.onReady,
    startAlarms: dispatch.startAlarms,
    moved: news.moved,
    onFault,
    background: background.add,
  }
  const launching = launchActivities({ ...engine, ...news })
  const activities = (lane: Lane) => ({ ...walkActivities(engine, lane), ...launching })
  const lanes = await openLanes({ connection, workflowBundle, activities })
  const running = Promise.all(lanes.map((lane) => lane.run()))
  const chores = await openChores({ ...engine, client, resend: (own) => resend(engine, own) })
  log.info('working')

  const close = async (): Promise<void> => {
    closing.abort()
    for (const lane of lanes) if (lane.getState() === 'RUNNING') lane.shutdown()
    await Promise.all([dispatch.close(), chores.close()])
    engine.caller.close()
    await running
    await background.ended()
    await Promise.all([news.close(), courier.close()])
    await lease.close()
    await Promise.all([db.close(), connection.close()])
    log.info('closed')
  }
  return { running, close }
}

function openLog({ logLevel }: WorkerEnv) {
  const log = pino({ level: logLevel, base: { process: 'worker' } })
  installRuntime(log)
  const onFault = (what: string, error: unknown): void => log.warn(faultLine(error), `${what} failed`)
  return { log, onFault }
}

async function main(): Promise<void> {
  const starting = startWorker(readServiceEnv())
  // Heard from the start: a signal that comes while it starts ends it as soon as it can be ended.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void starting.then((worker) => worker.close()).then(() => process.exit(0)))
  }
  const worker = await starting
  await worker.running
}

if (import.meta.main) {
  main().catch((error: unknown) => {
    const said = error instanceof EnvFault
    process.stderr.write(
      `${said ? error.message : `The worker could not go on: ${JSON.stringify(faultLine(error))}`}\n`,
    )
    process.exit(1)
  })
}
