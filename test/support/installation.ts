import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claimPort } from '../../server/start/claim-port.ts'
import { readPid } from '../../server/start/leftovers.ts'
import { ownApi } from '../../server/start/own-api.ts'

export type Process = 'postgres' | 'temporal' | 'api' | 'worker'

/** A whole Fanfare of its own processes, as `npm start` brings it up and keeps it up. */
export interface Installation {
  base: string
  key: string
  databaseUrl: string
  temporalAddress: string
  api: ReturnType<typeof ownApi>
  /** Its data folder. */
  home: string
  /** Undefined while a process is not running. */
  pid(process: Process): number | undefined
  /** Ends one of its processes at once, with no chance to clean up; its supervisor starts it again. */
  kill(process: Process): void
  /** Signals one of its processes; false when it was not running. */
  signal(process: Process, signal: NodeJS.Signals): boolean
  stop(): Promise<void>
}

const START = join(import.meta.dirname, '..', '..', 'server', 'start.ts')

/** Starts it empty, in a folder of its own, and answers once it serves. `variables` go over its environment. */
export async function startInstallation(variables: Record<string, string> = {}): Promise<Installation> {
  const home = mkdtempSync(join(tmpdir(), 'fanfare-installation-'))
  const port = await claimPort('127.0.0.1', 0)
  const key = 'installation-key-of-a-test'
  const own = {
    FANFARE_HOME: home,
    PORT: String(port),
    FANFARE_API_KEY: key,
    FANFARE_DEMO: '0',
    LOG_LEVEL: 'warn',
  }
  const child = spawn(process.execPath, [START], {
    env: { ...process.env, ...own, ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = once(child, 'exit')
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const api = ownApi({ host: '127.0.0.1', port }, key)
  while (!(await api.ready())) {
    if (child.exitCode !== null) throw new Error(`It did not start: ${said}`)
    await new Promise((again) => setTimeout(again, 50))
  }
  const pid = (name: Process) => readPid(join(home, `${name}.pid`))
  const signal = (name: Process, what: NodeJS.Signals): boolean => {
    const target = pid(name)
    return target !== undefined && process.kill(target, what)
  }
  return {
    base: `http://127.0.0.1:${port}`,
    key,
    databaseUrl: databaseUrl(home),
    temporalAddress: `127.0.0.1:${argument(home, 'temporal', '--port')}`,
    api,
    home,
    pid,
    signal,
    kill: (name) => void signal(name, 'SIGKILL'),
    async stop() {
      child.kill('SIGTERM')
      await gone
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** The embedded database's address, from what its process was started with. */
function databaseUrl(home: string): string {
  const password = readFileSync(join(home, 'postgres.password'), 'utf8')
  return `postgres://fanfare:${password}@127.0.0.1:${argument(home, 'postgres', '-p')}/fanfare`
}

function argument(home: string, process: Process, flag: string): string {
  const pid = readFileSync(join(home, `${process}.pid`), 'utf8')
  const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  return args[args.indexOf(flag) + 1] ?? ''
}
