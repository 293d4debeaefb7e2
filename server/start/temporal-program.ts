import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onPath } from './run-as.ts'

/** The last tag that `go install` takes as it is: later ones carry a replace directive. It holds server 1.29.1. */
const VERSION = '1.5.1'

export interface TemporalSearch {
  /** A data folder that may hold a copy of the program. */
  home?: string
  say: (line: string) => void
}

/** The Temporal program: the first that works of PATH, data folder, cache, official download, Go toolchain. */
export async function findTemporal({
  home,
  say,
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
  if (await buildWithGo(cached, say)) return { program: cached, from: 'a build with Go' }
  throw new Error(
    'No Temporal server was found or could be fetched. Put the program `temporal` on PATH, or set TEMPORAL_ADDRESS to a running one.',
  )
}

async function runs(program: string): Promise<boolean> {
  if (!existsSync(program)) return false
  return promisify(execFile)(program, ['--version']).then(
    () => true,
    () => false,
  )
}

async function buildWithGo(target: string, say: TemporalSearch['say']): Promise<boolean> {
  const go = onPath('go')
  if (!go) return false
  mkdirSync(join(target, '..'), { recursive: true })
  const bin = mkdtempSync(`${target}.build-`)
  const started = Date.now()
  const progress = () =>
    say(
      `Building Temporal ${VERSION} with Go, once; ${Math.round((Date.now() - started) / 1000)} s of about 3 min`,
    )
  progress()
  const clock = setInterval(progress, 15_000)
  try {
    const env = { ...process.env, GOBIN: bin, GOFLAGS: '-ldflags=-s' }
    await promisify(execFile)(go, ['install', `github.com/temporalio/cli/cmd/temporal@v${VERSION}`], { env })
    renameSync(join(bin, 'temporal'), target)
    return true
  } catch {
    return false
  } finally {
    clearInterval(clock)
    rmSync(bin, { recursive: true, force: true })
  }
}
