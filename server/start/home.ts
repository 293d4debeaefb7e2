import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { commandLine, endLeftovers, readPid } from './leftovers.ts'

/** Opens the data folder for this process alone; ends what a killed run left there. Answers its full path. */
export async function openHome(folder: string): Promise<{ home: string; close(): void }> {
  const home = resolve(folder)
  mkdirSync(home, { recursive: true })
  const lock = join(home, 'start.lock')
  while (!takeLock(lock)) {
    const holder = readPid(lock)
    if (holder !== undefined && holder !== process.pid && commandLine(holder).includes('start.ts')) {
      throw new Error(
        `Fanfare already runs on ${home} (process ${holder}). Stop it first, or set FANFARE_HOME and PORT to run another one.`,
      )
    }
    discard(lock)
  }
  await endLeftovers(home)
  for (const log of readdirSync(home).filter((file) => file.endsWith('.log'))) {
    renameSync(join(home, log), join(home, `${log}.before`))
  }
  return { home, close: () => rmSync(lock, { force: true }) }
}

function takeLock(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (existsSync(lock)) return false
    throw error
  }
}

/** Renamed first, so that of two starts that find the same stale lock only one removes it. */
function discard(lock: string): void {
  const stale = `${lock}.${process.pid}`
  try {
    renameSync(lock, stale)
    rmSync(stale)
  } catch {
    // Another start was faster; the next look tells who holds it now.
  }
}
