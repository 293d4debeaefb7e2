import { Client, Connection } from '@temporalio/client'
import { enterLaunchPage } from '../../db/launch-page.ts'
import { beginLaunch } from '../../db/launches.ts'
import { decodeId } from '../../db/ids.ts'
import { openDb, type Db } from '../../db/pool.ts'
import { openEngine } from '../engine/open-engine.ts'
import { startInstallation, type Installation } from '../support/installation.ts'
import { crowd } from './crowd.ts'
import { launchAll, publish, untilEnded } from './everybody.ts'
import type { Figure } from './figures.ts'
import { peakMemory } from './peak-memory.ts'
import { settledEvents } from './settled-events.ts'
import { connectSimulators, winner } from './world.ts'

const DATA = { prize: { name: 'Bicycle', code: 'BIKE-77', tier: 'grand' } }
const EVERYBODY = { all: [] }

/** The winner flow for everybody at once, all sends simulated, beside the same batches without Temporal. */
export const launch = () => launchOf(50_000, '≥ 4,000 /s')

async function launchOf(members: number, aim: string): Promise<Figure[]> {
  const installation = await startInstallation()
  const db = openDb({ url: installation.databaseUrl, max: 8, name: 'bench', planOnce: true })
  const connection = await Connection.connect({ address: installation.temporalAddress })
  try {
    const workspace = await connectSimulators(installation, db)
    await crowd(db, { workspace, members })
    const through = await overTemporal(installation, members)
    const events = await settledEvents(new Client({ connection }))
    const worker = peakMemory(installation.pid('worker'))
    installation.signal('worker', 'SIGSTOP') // it would take part in what is to be measured without it
    const limit = {
      value: await withoutTemporal(installation, { db, workspace, members }),
      of: 'without Temporal',
    }
    const name = `launch of ${members.toLocaleString('en')}`
    return [
      { name: `${name}: members through the whole flow`, value: through, unit: '/s', limit, aim },
      { name: `${name}: history events per member`, value: events / members, unit: 'events', aim: '≤ 0.1' },
      { name: `${name}: worker at its largest`, value: worker, unit: 'MB' },
    ]
  } finally {
    installation.signal('worker', 'SIGCONT')
    await connection.close()
    await db.close()
    await installation.stop()
  }
}

async function overTemporal(installation: Installation, members: number): Promise<number> {
  const flow = await publish(installation, winner('PT1S'))
  const started = performance.now()
  await launchAll(installation, flow, { data: DATA })
  await untilEnded(installation, flow, members)
  return (members * 1_000) / (performance.now() - started)
}

interface Alone {
  db: Db
  workspace: number
  members: number
}

/** The same functions in the same order, called by a loop; two stands are carried at a time. */
async function withoutTemporal(
  installation: Installation,
  { db, workspace, members }: Alone,
): Promise<number> {
  const flow = decodeId('flow', await publish(installation, winner('PT1S'))) ?? 0
  const engine = await openEngine(db, workspace)
  const started = performance.now()
  const launched = await db.inWorkspace(workspace, (tx) =>
    beginLaunch(tx, { flow, of: { audience: EVERYBODY }, data: DATA, author: 'bench' }),
  )
  const page = () =>
    db.inWorkspace(workspace, (tx) => enterLaunchPage(tx, engine.engine.memory, launched ?? 0))
  while (!(await page()).over);
  const ended = async (): Promise<number> => {
    const [row] = await db.inWorkspace(workspace, (tx) =>
      tx.rows<{ n: number }>(`select count(*) n from enrollment where flow = $1 and state = 'ended'`, [flow]),
    )
    return row?.n ?? 0
  }
  while ((await ended()) < members) await engine.carryAll()
  const rate = (members * 1_000) / (performance.now() - started)
  await engine.close()
  return rate
}
