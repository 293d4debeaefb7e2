import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '..', '..')

/** Every source file of a folder that git knows or would take, from the root of the repository. */
export function sourceFiles(...folders: string[]): string[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...folders],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  )
  return listed.split('\n').filter((file) => /\.tsx?$/.test(file) && existsSync(join(ROOT, file)))
}

export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}
