import { z } from 'zod'
import { enterLaunchPage } from '../../db/launch-page.ts'
import { beginLaunch } from '../../db/launches.ts'
import { decodeId } from '../../db/ids.ts'
import { openMemory } from '../../db/memory.ts'
import { openDb, type Db } from '../../db/pool.ts'
import { drawing, waitFor } from '../engine/drawing.ts'
import { startInstallation, type Installation } from '../support/installation.ts'
import { crowd } from './crowd.ts'
import { median, type Figure } from './figures.ts'

const MEMBERS = 100_000
const RUNS = 3
const WORKSPACE = 1

/** Members of a launch who enter a flow, page by page, beside one INSERT … SELECT of the same rows; nobody is carried. */
export async function enter(): Promise<Figure[]> {
  const installation = await startInstallation()
  const db = openDb({ url: installation.databaseUrl, max: 4, name: 'bench', planOnce: true })
  try {
    await crowd(db, { workspace: WORKSPACE, members: MEMBERS })
    installation.signal('worker', 'SIGSTOP')
    const pages: number[] = []
    const plain: number[] = []
    for (let run = 0; run < RUNS; run += 1) {
      const flow = await published(installation)
      pages.push(await perSecond(() => enterAll(db, flow)))
      plain.push(await perSecond(() => copyAll(db, flow)))
    }
    const limit = { value: median(plain), of: 'INSERT … SELECT' }
    const name = `${MEMBERS.toLocaleString('en')} members of a launch enter`
    return [{ name, value: median(pages), unit: '/s', limit, aim: '≥ 20,000 /s' }]
  } finally {
    installation.signal('worker', 'SIGCONT')
    await db.close()
    await installation.stop()
  }
}

const created = z.object({ id: z.string() })

/** A flow that takes each member once: who was in it is looked up. */
async function published({ api }: Installation): Promise<number> {
  const settings = { purpose: 'transactional', topic: undefined, reentry: { policy: 'once' } }
  const document = drawing({ rest: waitFor('P1D') }, { on: { launch: true }, settings })
  const { id } = created.parse(await api.send('POST', '/v1/flows', document))
  await api.send('POST', `/v1/flows/${id}/publish`, {})
  return decodeId('flow', id) ?? 0
}

async function enterAll(db: Db, flow: number): Promise<void> {
  const memory = openMemory()
  const audience = { field: 'member.name', op: 'eq', value: 'Ana' } as const
  const launch = await db.inWorkspace(WORKSPACE, (tx) =>
    beginLaunch(tx, { flow, of: { audience }, author: 'bench' }),
  )
  while (!(await db.inWorkspace(WORKSPACE, (tx) => enterLaunchPage(tx, memory, launch ?? 0))).over);
}

/** The same rows, of a flow that nobody carries. */
async function copyAll(db: Db, flow: number): Promise<void> {
  await db.inWorkspace(WORKSPACE, (tx) =>
    tx.rows(
      `insert into enrollment (workspace, flow, version, member, node, lane, state, due_at, period, seq, entry, launch)
       select workspace, 0, 0, member, node, lane, state, due_at, period, seq, entry, launch from enrollment where flow = $1`,
      [flow],
    ),
  )
}

async function perSecond(work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return (MEMBERS * 1_000) / (performance.now() - started)
}
