import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from './run-as.ts'

export interface ChildOptions {
  /** Names the child's log and pid file. */
  name: string
  command: Command
  /** Folder of both files. It must appear in the command, too: by it a leftover is told from a stranger. */
  folder: string
  env?: NodeJS.ProcessEnv
}

/** Starts a process in a group of its own, so that a Ctrl-C in the terminal reaches only us and we stop it in order. */
export function startChild({ name, command, folder, env = process.env }: ChildOptions): ChildProcess {
  mkdirSync(folder, { recursive: true })
  const log = openSync(join(folder, `${name}.log`), 'a')
  const { file, args, uid, gid } = command
  const who = uid === undefined ? {} : { uid, gid }
  const child = spawn(file, args, { env, detached: true, stdio: ['ignore', log, log], ...who })
  const pidFile = join(folder, `${name}.pid`)
  if (child.pid !== undefined) writeFileSync(pidFile, String(child.pid))
  child.on('exit', () => rmSync(pidFile, { force: true }))
  child.on('error', () => {}) // a program that cannot start shows as a child that is not running
  return child
}

export function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null
}

/** Asks a child to end with `signal`, insists after `patience` ms, and answers once it is gone. */
export async function stopChild(
  child: ChildProcess,
  signal: NodeJS.Signals,
  patience: number,
): Promise<void> {
  if (!isRunning(child)) return
  const gone = once(child, 'exit')
  child.kill(signal)
  const insist = setTimeout(() => child.kill('SIGKILL'), patience)
  await gone
  clearTimeout(insist)
}
