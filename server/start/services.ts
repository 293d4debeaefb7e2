import { join } from 'node:path'
import { Client } from 'pg'
import type { QueryResult } from 'pg'
import type { Env } from '../env.ts'
import { claimPort } from './claim-port.ts'
import type { Keeper } from './keeper.ts'
import { postgresServer } from './postgres.ts'
import { findTemporal } from './temporal-program.ts'
import { temporalServer, untilItServes } from './temporal.ts'

const LOOPBACK = '127.0.0.1'

export interface Ground {
  env: Env
  home: string
  keeper: Keeper
  say: (line: string) => void
}

/** The database: the one of DATABASE_URL, or an embedded one. Answers its URL. */
export async function openDatabase({ env, home, keeper, say }: Ground): Promise<string> {
  if (env.databaseUrl) {
    await query(env.databaseUrl, 'select 1').catch((cause: unknown) => {
      throw new Error('The database of DATABASE_URL does not answer. Start it, or leave DATABASE_URL out.', {
        cause,
      })
    })
    return env.databaseUrl
  }
  const server = await postgresServer({ folder: home, port: await claimPort(LOOPBACK, 0), durable: true })
  await keeper.start(server)
  say(`PostgreSQL runs, its data in ${join(home, 'postgres')}.`)
  return createOnce(server.url)
}

/** Temporal: the one of TEMPORAL_ADDRESS, or a server of our own. Answers its address. */
export async function openTemporal({ env, home, keeper, say }: Ground): Promise<string> {
  if (env.temporalAddress) {
    const deadline = Date.now() + 30_000
    const silent = `Temporal at ${env.temporalAddress} does not answer. Start it, or leave TEMPORAL_ADDRESS out.`
    await untilItServes(env.temporalAddress, () => Date.now() < deadline || silent)
    return env.temporalAddress
  }
  const { program, from } = await findTemporal({ home, say })
  const port = await claimPort(LOOPBACK, 0)
  await keeper.start(temporalServer({ program, folder: home, port }))
  say(`Temporal runs (from ${from}), its data in ${join(home, 'temporal.sqlite')}.`)
  return `${LOOPBACK}:${port}`
}

async function createOnce(maintenance: string): Promise<string> {
  const known = await query(maintenance, `select from pg_database where datname = 'fanfare'`)
  if (known.rowCount === 0) await query(maintenance, 'create database fanfare')
  return maintenance.replace(/postgres$/, 'fanfare')
}

async function query(connectionString: string, sql: string): Promise<QueryResult> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 10_000 })
  try {
    await client.connect()
    return await client.query(sql)
  } finally {
    await client.end()
  }
}
