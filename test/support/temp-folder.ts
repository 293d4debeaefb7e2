import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A folder for one test file, removed when the file is through. Call it at the file's top. */
export function tempFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `fanfare-${name}-`))
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }))
  return folder
}
