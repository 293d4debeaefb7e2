import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../db/migrate.ts'
import { stopChild } from '../../server/start/child.ts'
import { claimPort } from '../../server/start/claim-port.ts'
import { commandLine, endLeftovers } from '../../server/start/leftovers.ts'
import { postgresServer } from '../../server/start/postgres.ts'
import { findTemporal } from '../../server/start/temporal-program.ts'
import { temporalServer } from '../../server/start/temporal.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The migrated template's URL; `freshDatabase` clones it. */
    templateUrl: string
    temporalAddress: string
  }
}

const PREFIX = 'fanfare-test-'

/** Vitest's global setup of the live tests: one PostgreSQL and one Temporal server for the whole run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeDeadRuns()
  const folder = join(tmpdir(), `${PREFIX}${process.pid}`)
  mkdirSync(folder)
  const forget = removeOnDeath(folder)
  const [postgres, temporal] = await Promise.all([templateOf(folder), temporalOf(folder)])
  project.provide('templateUrl', postgres.url)
  project.provide('temporalAddress', temporal.address)
  return async () => {
    await Promise.all([stopChild(temporal.child, 'SIGKILL', 0), stopChild(postgres.child, 'SIGQUIT', 5_000)])
    forget()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function templateOf(folder: string) {
  const server = await postgresServer({ folder, port: await claimPort('127.0.0.1', 0), durable: false })
  const child = server.launch()
  await server.ready(child)
  const admin = new pg.Client({ connectionString: server.url })
  await admin.connect()
  await admin.query('create database template_fanfare')
  await admin.end()
  const templateUrl = server.url.replace(/postgres$/, 'template_fanfare')
  await migrate(templateUrl)
  return { child, url: templateUrl }
}

async function temporalOf(folder: string) {
  const { program } = await findTemporal({ say: (line) => process.stderr.write(`${line}\n`) })
  const port = await claimPort('127.0.0.1', 0)
  const server = temporalServer({ program, folder, port })
  const child = server.launch()
  await server.ready(child)
  return { child, address: `127.0.0.1:${port}` }
}

/** A run that was killed could not clean up: its folder carries its pid. */
async function removeDeadRuns(): Promise<void> {
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith(PREFIX))
  for (const name of folders) {
    if (commandLine(Number(name.slice(PREFIX.length))).includes('vitest')) continue
    const folder = join(tmpdir(), name)
    await endLeftovers(folder)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Ctrl-C and a crash of the runner skip the teardown: then the servers are killed on the way out. */
function removeOnDeath(folder: string): () => void {
  const clean = () => {
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.pid'))) kill(join(folder, file))
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  }
  const stop = () => process.exit(130)
  process.once('exit', clean)
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  return () => {
    process.off('exit', clean)
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
}

function kill(pidFile: string): void {
  try {
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGQUIT')
  } catch {
    // It is gone already.
  }
}
