import { z } from 'zod'
import { memberFacts } from '../../db/hot/facts.ts'
import { wantedFor } from '../../db/hot/wanted.ts'
import { openMemory } from '../../db/memory.ts'
import { openDb, type Db } from '../../db/pool.ts'
import { EVERYBODY, populationPage } from '../../db/population.ts'
import { readOnly } from '../../db/read-only.ts'
import { compile } from '../../flow/compile.ts'
import { flowDocumentSchema } from '../../flow/document.ts'
import { dryRun, type Playing } from '../../flow/dry-run/dry-run.ts'
import { startInstallation, type Installation } from '../support/installation.ts'
import { crowd } from './crowd.ts'
import { tenSteps } from './dry-run-flow.ts'
import { median, type Figure } from './figures.ts'
import { connectSimulators } from './world.ts'

const MEMBERS = 100_000
const IN_MEMORY = 10_000
const RUNS = 5
const DATA = { prize: { name: 'Bicycle', code: 'BIKE-77', tier: 'grand' } }

const created = z.object({ id: z.string() })
const answer = z.object({ population: z.int(), messages: z.record(z.string(), z.int()) })

/** Members a second through a flow of ten steps, over the API, beside the same journeys with their facts in memory. */
export async function dryRuns(): Promise<Figure[]> {
  const installation = await startInstallation()
  const db = openDb({ url: installation.databaseUrl, max: 2, name: 'bench' })
  try {
    const workspace = await connectSimulators(installation, db)
    await crowd(db, { workspace, members: MEMBERS })
    const flow = created.parse(await installation.api.send('POST', '/v1/flows', tenSteps))
    await overHttp(installation, flow.id)
    const samples: number[] = []
    for (let run = 0; run < RUNS; run += 1) samples.push(await overHttp(installation, flow.id))
    const limit = { value: await inMemory(db, workspace), of: 'decide over facts in memory' }
    return [
      {
        name: `dry run of ${MEMBERS.toLocaleString('en')} over ten steps`,
        value: median(samples),
        unit: '1/s',
        limit,
        aim: '≥ 20,000 /s',
      },
    ]
  } finally {
    await db.close()
    await installation.stop()
  }
}

async function overHttp({ api }: Installation, flow: string): Promise<number> {
  const started = performance.now()
  const body = { event: { data: DATA }, at: '2026-11-24T10:00:00Z', limit: 1 }
  const { population } = answer.parse(await api.send('POST', `/v1/flows/${flow}/dry-run`, body))
  return (population * 1_000) / (performance.now() - started)
}

async function inMemory(db: Db, workspace: number): Promise<number> {
  const plan = compile(flowDocumentSchema.parse(tenSteps))
  const playing = await readOnly(db, workspace, async (tx): Promise<Playing[]> => {
    const facts = await openMemory().workspace(tx)
    const after = { done: 0, last: 0 }
    const ids = await populationPage(tx, { of: EVERYBODY, workspace: facts }, { after, limit: IN_MEMORY })
    const members = await memberFacts(tx, { members: ids, ...wantedFor(plan, facts) })
    const start = Date.parse('2026-11-24T10:00:00Z')
    return [...members.values()].map((member) => ({ plan, workspace: facts, member, event: DATA, start }))
  })
  const samples = Array.from({ length: RUNS }, () => {
    const started = performance.now()
    for (const one of playing) dryRun(one)
    return (playing.length * 1_000) / (performance.now() - started)
  })
  return median(samples)
}
