import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Ends what a killed run left behind in `folder`: every process of its pid files that still speaks of the folder. */
export async function endLeftovers(folder: string): Promise<void> {
  const pidFiles = readdirSync(folder).filter((file) => file.endsWith('.pid'))
  for (const file of pidFiles) {
    await endLeftover(join(folder, file), folder)
  }
}

async function endLeftover(pidFile: string, mark: string): Promise<void> {
  const pid = readPid(pidFile)
  const isOurs = () => pid !== undefined && commandLine(pid).includes(mark)
  // PostgreSQL takes SIGINT as "end now, cleanly"; the others end on any signal.
  for (let patience = 100; patience > 0 && isOurs(); patience--) {
    signal(pid, patience > 20 ? 'SIGINT' : 'SIGKILL')
    await new Promise((look) => setTimeout(look, 100))
  }
  rmSync(pidFile, { force: true })
}

export function readPid(pidFile: string): number | undefined {
  if (!existsSync(pidFile)) return undefined
  const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10)
  return pid > 0 ? pid : undefined
}

/** The command line of a process; empty when there is none. A pid alone may long be somebody else's. */
export function commandLine(pid: number): string {
  try {
    if (existsSync('/proc/self/cmdline'))
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  } catch {
    return ''
  }
}

function signal(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(pid, name)
  } catch {
    // It ended by itself in between.
  }
}
