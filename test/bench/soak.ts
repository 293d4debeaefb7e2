import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { startInstallation, type Installation } from '../support/installation.ts'
import { startSinkProcess } from '../support/smtp-sink-process.ts'
import { crowd } from './crowd.ts'
import { openDb } from '../../db/pool.ts'
import { connectSimulators, winOf, winner } from './world.ts'

// A long run, not one of the benches: `node test/bench/soak.ts [minutes]`. Steady events, and a launch of everybody each
// minute, go through the winner flow; what the tables, their dead rows and the processes come to is printed each minute.

const MEMBERS = 20_000
const EVENTS_A_SECOND = 50
const MINUTE = 60_000

const [minutes = '20'] = process.argv.slice(2)

interface Look {
  minute: number
  /** MB by table with its indexes, partitions taken together. */
  tables: Map<string, { mb: number; indexMb: number; live: number; dead: number }>
  /** MB resident by process. */
  memory: Record<string, number>
}

async function main(): Promise<void> {
  const sink = await startSinkProcess()
  const installation = await startInstallation()
  const db = openDb({ url: installation.databaseUrl, max: 2, name: 'soak' })
  const admin = new pg.Client({ connectionString: installation.databaseUrl })
  await admin.connect()
  try {
    const workspace = await connectSimulators(installation, db)
    await crowd(db, { workspace, members: MEMBERS })
    const flow = await publish(installation)
    const load = openLoad(installation, flow)
    const looks: Look[] = []
    for (let minute = 1; minute <= Number(minutes); minute += 1) {
      await pause(MINUTE)
      const look = await lookAt(installation, admin, minute)
      looks.push(look)
      say(look)
    }
    await load.end()
    sum(looks)
  } finally {
    await admin.end()
    await db.close()
    await installation.stop()
    await sink.stop()
  }
}

async function publish({ api }: Installation): Promise<string> {
  const { id } = (await api.send('POST', '/v1/flows', winner('PT20S'))) as { id: string } // as the contract says
  await api.send('POST', `/v1/flows/${id}/publish`, {})
  return id
}

/** Events each second and a launch each minute, until `end`. Faults are told, and nothing stops because of one. */
function openLoad({ api, base, key }: Installation, flow: string): { end(): Promise<void> } {
  let open = true
  let launches = 0
  const told = (error: unknown): void => void process.stdout.write(`${String(error)}\n`)
  const every = async (ms: number, work: () => Promise<unknown>): Promise<void> => {
    for (let next = Date.now(); open; next += ms) {
      await work().catch(told)
      await pause(Math.max(0, next + ms - Date.now()))
    }
  }
  const events = every(1_000, () =>
    api.send(
      'POST',
      '/v1/events',
      Array.from({ length: EVENTS_A_SECOND }, () =>
        winOf(`bench-${1 + Math.floor(Math.random() * MEMBERS)}`),
      ),
    ),
  )
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const launching = every(MINUTE, async () => {
    launches += 1
    const body = JSON.stringify({
      audience: { all: [] },
      data: { prize: { name: 'B', code: 'C', tier: 'grand' } },
    })
    const own = { ...headers, 'idempotency-key': `soak-${launches}` }
    await fetch(`${base}/v1/flows/${flow}/launch`, { method: 'POST', headers: own, body })
  })
  return {
    async end() {
      open = false
      await Promise.race([Promise.all([events, launching]), pause(5_000)])
    },
  }
}

async function lookAt(installation: Installation, admin: pg.Client, minute: number): Promise<Look> {
  const { rows } = await admin.query(
    `select regexp_replace(relname, '_([0-9]{4}_[0-9]{2}|other)$', '') "table",
       sum(pg_table_size(relid)) / 1e6 mb, sum(pg_indexes_size(relid)) / 1e6 "indexMb",
       sum(n_live_tup)::int live, sum(n_dead_tup)::int dead
     from pg_stat_user_tables where schemaname = 'public' group by 1`,
  )
  const tables = rows.map(({ table, mb, indexMb, live, dead }) => [
    String(table),
    { mb: Number(mb), indexMb: Number(indexMb), live: Number(live), dead: Number(dead) },
  ]) as [string, { mb: number; indexMb: number; live: number; dead: number }][] // a pair each, by the line above
  const names = ['api', 'worker', 'temporal'] as const
  const memory = Object.fromEntries(names.map((name) => [name, resident(installation.pid(name))]))
  return { minute, tables: new Map(tables), memory }
}

function resident(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024
}

const SHOWN = [
  'enrollment',
  'message',
  'step',
  'event',
  'event_key',
  'tally',
  'stand',
  'walk',
  'alarm',
  'lease',
  'launch',
  'launch_page',
]

function say({ minute, tables, memory }: Look): void {
  const columns = SHOWN.map((name) => {
    const { mb = 0, indexMb = 0, dead = 0 } = tables.get(name) ?? {}
    return `${name} ${mb.toFixed(1)}+${indexMb.toFixed(1)} MB (${dead} dead)`
  })
  const processes = Object.entries(memory).map(([name, mb]) => `${name} ${mb.toFixed(0)} MB`)
  process.stdout.write(`minute ${minute}: ${[...processes, ...columns].join(' · ')}\n`)
}

/** What a row of each table takes, with its indexes, in the middle and at the end: bloat is what makes it more. */
function sum(looks: Look[]): void {
  const [middle, end] = [looks[Math.floor(looks.length / 2)], looks.at(-1)]
  if (!middle || !end) return
  for (const name of SHOWN) {
    const perRow = (look: Look): number => {
      const { mb = 0, indexMb = 0, live = 0 } = look.tables.get(name) ?? {}
      return live < 1_000 ? Number.NaN : Math.round(((mb + indexMb) * 1e6) / live)
    }
    if (perRow(end)) process.stdout.write(`${name}: ${perRow(middle)} → ${perRow(end)} bytes a row\n`)
  }
  for (const [name, mb] of Object.entries(end.memory))
    process.stdout.write(`${name}: ${middle.memory[name]?.toFixed(0)} → ${mb.toFixed(0)} MB\n`)
}

await main()
