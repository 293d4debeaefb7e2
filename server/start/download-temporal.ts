import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Fetch } from './temporal-program.ts'

/** A network that neither answers nor refuses must not hold the start up. */
const PATIENCE = 120_000

/** Lets the SDK download the program. Without a network it fails at once. */
export const downloadTemporal: Fetch = async (version, target, say) => {
  const folder = mkdtempSync(`${target}.download-`)
  say(`Looking for a download of Temporal ${version} …`)
  try {
    // The download counts, whatever became of the run: the file is tried before it is used.
    await Promise.race([startOnce(version, folder), giveUp()]).catch(() => {})
    const [file] = readdirSync(folder).filter((name) => name.startsWith('temporal'))
    if (!file) return false
    renameSync(join(folder, file), target)
    return true
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The SDK offers the download only together with a first run of the server, which ends here. */
async function startOnce(version: string, downloadDir: string): Promise<void> {
  const { TestWorkflowEnvironment } = await import('@temporalio/testing')
  const executable = { type: 'cached-download', downloadDir, version: `v${version}` } as const
  const environment = await TestWorkflowEnvironment.createLocal({ server: { executable } })
  await environment.teardown()
}

function giveUp(): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error('The download took too long.')), PATIENCE).unref()
  })
}
