import pg from 'pg'
import { startInstallation, type Installation } from '../support/installation.ts'
import { startSinkProcess } from '../support/smtp-sink-process.ts'
import type { Figure } from './figures.ts'
import { prepareWorld, winOf } from './world.ts'

const EVENTS = 30_000
const BATCH = 500
const CLIENTS = 4

/** Events a second over HTTP, deduplicated, each an entry into a live flow, beside a plain INSERT of the same rows. */
export async function ingest(): Promise<Figure[]> {
  const sink = await startSinkProcess()
  const installation = await startInstallation()
  try {
    const { members } = await prepareWorld(installation, { members: 10_000, sink: sink.port })
    // Silver prizes leave at the audience: the figure is about taking events in, not about mail.
    const events = Array.from({ length: EVENTS }, (_, n) => silver(winOf(members[n % members.length] ?? '')))
    const value = await perSecond(batches(events), (batch) =>
      installation.api.send('POST', '/v1/events', batch),
    )
    const limit = await plainInserts(installation, events)
    return [
      {
        name: 'events ingested, 500 to a request',
        value,
        unit: '1/s',
        limit: { value: limit, of: 'plain INSERT' },
        aim: '≥ 5,000 /s',
      },
    ]
  } finally {
    await installation.stop()
    await sink.stop()
  }
}

type Win = ReturnType<typeof winOf>

function silver(win: Win): Win {
  return { ...win, data: { prize: { ...win.data.prize, tier: 'silver' } } }
}

function batches(events: Win[]): Win[][] {
  return Array.from({ length: Math.ceil(events.length / BATCH) }, (_, n) =>
    events.slice(n * BATCH, (n + 1) * BATCH),
  )
}

async function perSecond(work: Win[][], send: (batch: Win[]) => Promise<unknown>): Promise<number> {
  const queue = [...work]
  const started = performance.now()
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      for (let batch = queue.shift(); batch; batch = queue.shift()) await send(batch)
    }),
  )
  return (EVENTS * 1_000) / (performance.now() - started)
}

/** The same rows into a table of the same columns and indexes, with nothing else done. */
async function plainInserts({ databaseUrl }: Installation, events: Win[]): Promise<number> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: CLIENTS })
  try {
    await pool.query(`create table plain (id bigint generated always as identity primary key, external_id text unique,
      type text, member text, at timestamptz default now(), data jsonb)`)
    await pool.query('create index on plain (member, type, id)')
    return await perSecond(batches(events), (batch) =>
      pool.query(
        `insert into plain (external_id, type, member, data)
         select id, type, member, data from jsonb_to_recordset($1::jsonb) r(id text, type text, member text, data jsonb)`,
        [JSON.stringify(batch)],
      ),
    )
  } finally {
    await pool.end()
  }
}
