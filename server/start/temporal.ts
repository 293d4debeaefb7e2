import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import { isRunning, startChild } from './child.ts'
import type { Program } from './program.ts'

export interface TemporalOptions {
  /** The Temporal program (its CLI, which holds the server). */
  program: string
  /** Folder for the database, log and pid file. */
  folder: string
  port: number
}

/** A Temporal dev server on loopback. */
export function temporalServer({ program, folder, port }: TemporalOptions): Program {
  const command = { file: program, args: flags(folder, port) }
  const ended = `Temporal did not start. Its last words are in ${join(folder, 'temporal.log')}.`
  return {
    name: 'temporal',
    launch: () => startChild({ name: 'temporal', command, folder }),
    ready: (child) => untilItServes(`127.0.0.1:${port}`, () => isRunning(child) || ended),
    stopSignal: 'SIGINT',
    patience: 10_000,
  }
}

/** Waits until the server at `address` serves the namespace `default`, as long as `hope` is true, not words. */
export async function untilItServes(address: string, hope: () => true | string): Promise<void> {
  while (!(await serves(address))) {
    const state = hope()
    if (state !== true) throw new Error(state)
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
