import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { openHome } from '../../server/start/home.ts'
import { findTemporal } from '../../server/start/temporal-program.ts'
import { ROOT } from '../support/source-files.ts'
import { tempFolder } from '../support/temp-folder.ts'

const root = tempFolder('refusals')
const folder = () => mkdtempSync(join(root, 'home-'))

test('a port in use is explained in one sentence that names another', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens on TCP
  const words = await failedStart({ PORT: String(port) })
  server.close()
  expect(words).toBe(
    `Port ${port} on 127.0.0.1 is in use by another program. Stop that one, or choose another port: PORT=${port + 1} npm start`,
  )
})

test('a database that does not answer is named by its variable, without its password', async () => {
  const words = await failedStart({ PORT: '0', DATABASE_URL: 'postgres://a:hidden@127.0.0.1:1/x' })
  expect(words).toContain('The database of DATABASE_URL does not answer.')
  expect(words).not.toContain('hidden')
})

test('a variable that cannot be read is named with its remedy', async () => {
  expect(await failedStart({ PORT: 'http' })).toBe('PORT is not valid. Set it to a number from 0 to 65535.')
})

test('a machine where no Temporal server is found or fetched is told what to do', async () => {
  const before = { PATH: process.env['PATH'], HOME: process.env['HOME'] }
  Object.assign(process.env, { PATH: folder(), HOME: folder() })
  const found = findTemporal({ home: folder(), say: () => {}, ways: [] })
  await expect(found).rejects.toThrow(/Put the program `temporal` on PATH, or set TEMPORAL_ADDRESS/)
  Object.assign(process.env, before)
})

test('a start on a data folder that is open already says so', async () => {
  const home = folder()
  const holder = execFile(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'server/start.ts'])
  await once(holder, 'spawn')
  writeFileSync(join(home, 'start.lock'), String(holder.pid))
  await expect(openHome(home)).rejects.toThrow(`Fanfare already runs on ${home} (process ${holder.pid})`)
  holder.kill()
})

/** What a start that cannot work says at last. */
async function failedStart(environment: Record<string, string>): Promise<string> {
  const env = { ...process.env, FANFARE_HOME: folder(), TEMPORAL_ADDRESS: '127.0.0.1:1', ...environment }
  const run = promisify(execFile)(process.execPath, [join(ROOT, 'server', 'start.ts')], {
    env,
    cwd: dirname(ROOT),
  })
  const { stdout, stderr } = await run.then(
    () => Promise.reject(new Error('The start did not fail.')),
    (error: { stdout: string; stderr: string }) => error,
  )
  return `${stdout}${stderr}`.trim().split('\n').at(-1) ?? ''
}
