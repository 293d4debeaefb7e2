import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import { isRunning, startChild } from './child.ts'

export interface TemporalOptions {
  /** The Temporal program (its CLI, which holds the server). */
  program: string
  /** Folder for the database, log and pid file. */
  folder: string
  port: number
}

/** Starts a Temporal dev server on loopback and waits until it serves. */
export async function startTemporal({ program, folder, port }: TemporalOptions): Promise<ChildProcess> {
  const child = startChild({
    name: 'temporal',
    command: { file: program, args: flags(folder, port) },
    folder,
  })
  await untilItServes(`127.0.0.1:${port}`, () => {
    if (!isRunning(child))
      throw new Error(`Temporal did not start. Its last words are in ${join(folder, 'temporal.log')}.`)
  })
  return child
}

/** Waits until the server at `address` serves the namespace `default`; `check` may throw to give up. */
export async function untilItServes(address: string, check: () => void): Promise<void> {
  while (!(await serves(address))) {
    check()
    await new Promise((again) => setTimeout(again, 50))
  }
}

async function serves(address: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: 1_000 })
    try {
      await connection.workflowService.describeNamespace({ namespace: 'default' })
    } finally {
      await connection.close()
    }
    return true
  } catch {
    return false
  }
}

function flags(folder: string, port: number): string[] {
  // The write-ahead log makes SQLite three times as fast as its default (measured).
  const pragmas = ['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL']
  const quiet = [
    '--headless',
    '--log-level',
    'error',
    '--dynamic-config-value',
    'frontend.enableServerVersionCheck=false',
  ]
  const place = [
    '--ip',
    '127.0.0.1',
    '--port',
    String(port),
    '--db-filename',
    join(folder, 'temporal.sqlite'),
  ]
  return ['server', 'start-dev', ...place, ...pragmas, ...quiet]
}
