import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

/** A command and the user it runs as; `uid` is absent when it is already the right one. */
export interface Command {
  file: string
  args: string[]
  uid?: number
  gid?: number
}

/**
 * PostgreSQL refuses to run as root. Under root it becomes the user `postgres`; when the program or its data
 * lie in a folder that user may not enter (a clone under /root), it keeps the one right to pass through.
 */
export function runUnprivileged(file: string, args: string[], folder: string): Command {
  if (process.getuid?.() !== 0) return { file, args }
  const { uid, gid } = postgresUser()
  if (openToAll(file) && openToAll(dirname(folder))) return { file, args, uid, gid }
  const setpriv = onPath('setpriv')
  if (!setpriv) {
    throw new Error(
      `The user postgres may not enter ${folder}. Set FANFARE_HOME to a folder that every user may enter.`,
    )
  }
  // no_setuid_fixup: without it access(2), by which PostgreSQL's programs look for each other, forgets the right again.
  const rights = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--securebits=+no_setuid_fixup']
  return {
    file: setpriv,
    args: [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...rights, file, ...args],
  }
}

/** The account PostgreSQL runs as under root; made when the machine has none. */
export function postgresUser(): { uid: number; gid: number } {
  const number = (flag: string) =>
    Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }))
  try {
    return { uid: number('-u'), gid: number('-g') }
  } catch {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], { stdio: 'ignore' })
    return { uid: number('-u'), gid: number('-g') }
  }
}

/** The full path of a program on PATH. */
export function onPath(program: string): string | undefined {
  const places = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, program))
  return places.find((place) => statSync(place, { throwIfNoEntry: false })?.isFile())
}

function openToAll(path: string): boolean {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0
  const parent = dirname(path)
  return (mode & 0o001) !== 0 && (parent === path || openToAll(parent))
}
