import { execFile } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { onPath } from './run-as.ts'
import type { Fetch } from './temporal-program.ts'

/** Builds the program with the machine's Go toolchain, which takes minutes and says so. */
export const buildTemporal: Fetch = async (version, target, say) => {
  const go = onPath('go')
  if (!go) return false
  const bin = mkdtempSync(`${target}.build-`)
  const started = Date.now()
  const progress = () => {
    const seconds = Math.round((Date.now() - started) / 1000)
    say(`Building Temporal ${version} with Go, once; ${seconds} s of about 4 min`)
  }
  progress()
  const clock = setInterval(progress, 15_000)
  try {
    await install(go, `github.com/temporalio/cli/cmd/temporal@v${version}`, bin)
    // Moved into place whole: a build that was cut short leaves nothing that looks finished.
    renameSync(join(bin, 'temporal'), target)
    return true
  } catch (error) {
    say(`Go could not build Temporal: ${String(error).split('\n').slice(0, 3).join(' ')}`)
    return false
  } finally {
    clearInterval(clock)
    rmSync(bin, { recursive: true, force: true })
  }
}

async function install(go: string, what: string, bin: string): Promise<void> {
  const env = { ...process.env, GOBIN: bin }
  await new Promise<void>((resolve, reject) => {
    const build = execFile(go, ['install', '-ldflags=-s -w', what], { env }, (error) =>
      error ? reject(error) : resolve(),
    )
    // A signal to us alone would leave the compiler running.
    const end = () => build.kill()
    process.once('exit', end)
    build.once('exit', () => process.off('exit', end))
  })
}
