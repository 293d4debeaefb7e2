import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { buildTemporal } from './build-temporal.ts'
import { downloadTemporal } from './download-temporal.ts'
import { onPath } from './run-as.ts'

/** The last tag that `go install` takes as it is: later ones carry a replace directive. It holds server 1.29.1. */
const VERSION = '1.5.1'

export interface TemporalSearch {
  /** A data folder that may hold a copy of the program. */
  home?: string
  say: (line: string) => void
  /** How it may be fetched where it is nowhere, in order. */
  ways?: readonly Way[]
}

interface Way {
  fetch: Fetch
  from: string
}

/** How a program is fetched to `target`; answers false when this way is closed. */
export type Fetch = (version: string, target: string, say: TemporalSearch['say']) => Promise<boolean>

const WAYS: readonly Way[] = [
  { fetch: downloadTemporal, from: 'the official download' },
  { fetch: buildTemporal, from: 'a build with Go' },
]

/** The Temporal program: the first that works of PATH, data folder, cache folder, official download, Go toolchain. */
export async function findTemporal({
  home,
  say,
  ways = WAYS,
}: TemporalSearch): Promise<{ program: string; from: string }> {
  const cached = join(homedir(), '.cache', 'fanfare', `temporal-${VERSION}`, 'temporal')
  const places = [
    { program: onPath('temporal'), from: 'PATH' },
    { program: home && join(home, 'temporal'), from: 'the data folder' },
    { program: cached, from: 'the cache folder' },
  ]
  for (const { program, from } of places) {
    if (program && (await runs(program))) return { program, from }
  }
  const target = placeFor(cached, home)
  for (const { fetch, from } of ways) {
    if ((await fetch(VERSION, target, say)) && (await runs(target))) return { program: target, from }
  }
  throw new Error(
    'No Temporal server was found and none could be fetched. Put the program `temporal` on PATH, or set TEMPORAL_ADDRESS to a running server.',
  )
}

/** Where a fetched program goes: the cache folder, or the data folder where that one cannot be written. */
function placeFor(cached: string, home: string | undefined): string {
  try {
    mkdirSync(dirname(cached), { recursive: true })
    accessSync(dirname(cached), constants.W_OK)
    return cached
  } catch {
    return join(home ?? tmpdir(), 'temporal')
  }
}

async function runs(program: string): Promise<boolean> {
  if (!existsSync(program)) return false
  return promisify(execFile)(program, ['--version']).then(
    () => true,
    () => false,
  )
}
